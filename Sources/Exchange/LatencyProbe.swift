/// Measures how long a message takes from one rank to another.
public enum LatencyProbe {
  /// Exchanges messages with `rank`, which must call `answer` with the same `rounds` meanwhile.
  ///
  /// - Returns: the median time of a round trip, halved.
  public static func measure(
    _ endpoint: Endpoint, with rank: Int, byteCount: Int, rounds: Int
  ) throws -> Duration {
    precondition(rounds > 0 && byteCount >= 0)
    let probe = Probe(bytes: [UInt8](repeating: 0x5A, count: byteCount))
    var times: [Duration] = []
    let clock = ContinuousClock()
    for round in 0..<rounds {
      let began = clock.now
      try endpoint.send(probe, number: round, to: rank)
      try endpoint.receive(Probe(bytes: []), number: round, from: rank)
      times.append(began.duration(to: clock.now))
    }
    try endpoint.flush()
    times.sort()
    return times[rounds / 2] / 2
  }

  /// The other side of `measure`: sends back what comes from `rank`.
  public static func answer(_ endpoint: Endpoint, to rank: Int, rounds: Int) throws {
    for round in 0..<rounds {
      let probe = try endpoint.receive(Probe(bytes: []), number: round, from: rank)
      try endpoint.send(probe, number: round, to: rank)
    }
    try endpoint.flush()
  }
}
