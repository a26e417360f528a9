/// Measures how long a message takes from one rank to another.
public enum LatencyProbe {
  /// Exchanges messages with `rank`, which must call `answer` with the same `rounds` meanwhile.
  ///
  /// - Returns: the median time of a round trip, halved.
  public static func measure(
    _ endpoint: Endpoint, with rank: Int, byteCount: Int, rounds: Int
  ) throws -> Duration {
    precondition(rounds > 0 && byteCount >= 0)
    let payload = [UInt8](repeating: 0x5A, count: byteCount)
    var scratch = payload
    var times: [Duration] = []
    let clock = ContinuousClock()
    for round in 0..<rounds {
      let began = clock.now
      try send(payload, through: endpoint, to: rank, round: round)
      try endpoint.receive(.probe, turn: round, from: rank) { frame in
        try scratch.withUnsafeMutableBufferPointer { try fill($0, from: frame) }
      }
      times.append(began.duration(to: clock.now))
    }
    try endpoint.flush()
    times.sort()
    return times[rounds / 2] / 2
  }

  /// The other side of `measure`: sends back what comes from `rank`.
  public static func answer(_ endpoint: Endpoint, to rank: Int, rounds: Int) throws {
    var scratch: [UInt8] = []
    for round in 0..<rounds {
      try endpoint.receive(.probe, turn: round, from: rank) { frame in
        if scratch.count != frame.remaining {
          scratch = [UInt8](repeating: 0, count: frame.remaining)
        }
        try scratch.withUnsafeMutableBufferPointer { try fill($0, from: frame) }
      }
      try send(scratch, through: endpoint, to: rank, round: round)
    }
    try endpoint.flush()
  }

  private static func send(
    _ bytes: [UInt8], through endpoint: Endpoint, to rank: Int, round: Int
  ) throws {
    let frame = endpoint.frame(.probe, turn: round)
    bytes.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { frame.append(base, count: buffer.count) }
    }
    try endpoint.send(frame, to: rank)
  }

  private static func fill(_ buffer: UnsafeMutableBufferPointer<UInt8>, from frame: Frame) throws {
    if let base = buffer.baseAddress { try frame.read(into: base, count: buffer.count) }
  }
}
