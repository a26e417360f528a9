import Exchange
import Glibc
import Planning
import Tensors

/// Measures the links from rank 0 to others, which do what they are asked for meanwhile.
public struct LinkProbe {
  private let endpoint: Endpoint
  /// The content of pieces, in either direction.
  private let outgoing: Buffer<UInt8>
  private let incoming: Buffer<UInt8>
  /// How long a receiver sleeps before it is woken, in seconds.
  private let pause: Double

  /// A message's header, and the length of its content.
  private static let overhead = 24
  /// The pings of a size, and how many go before.
  private static let (pings, warmUps) = (15, 5)
  /// The pieces of a stream, and how many tell how fast it is.
  private static let (pieces, firstPieces) = (128, 8)
  /// How long a stream takes at the most, in seconds.
  private static let longest = 2.0

  /// A probe over `endpoint`.
  public init(_ endpoint: Endpoint) { self.init(endpoint, pause: 5e-3) }

  /// The same with receivers that sleep so long.
  init(_ endpoint: Endpoint, pause: Double) {
    (self.endpoint, self.pause) = (endpoint, pause)
    endpoint.know([LinkOrder.kind, LinkPiece.kind])
    let most = NetworkProfile.sizes.max() ?? 0
    (outgoing, incoming) = (Buffer(most), Buffer(most))
    outgoing.update(repeating: 0x5A)
  }

  // MARK: The other side

  /// Does what rank 0 asks for until it asks for no more.
  public func serve() throws {
    while true {
      let order = try endpoint.receive(LinkOrder(), number: 0, from: 0)
      let size = min(order.byteCount, outgoing.count)
      switch order.action {
      case .end: return
      case .echo:
        for round in 0..<order.count {
          try take(1, size, from: 0, number: round)
          try give(1, size, to: 0, number: round)
        }
      case .take:
        try take(order.count, size, from: 0)
        try give(1, 0, to: 0)
      case .give: try give(order.count, size, to: 0)
      case .exchange:
        try give(order.count, size, to: 0)
        try take(order.count, size, from: 0)
      }
    }
  }

  /// Sends the others home.
  func end() throws {
    for rank in 1..<endpoint.worldSize { try endpoint.send(LinkOrder(), number: 0, to: rank) }
    try endpoint.flush()
  }

  private func give(_ count: Int, _ size: Int, to rank: Int, number: Int = 0) throws {
    for piece in 0..<count {
      try endpoint.send(LinkPiece(outgoing[0..<size]), number: number + piece, to: rank)
    }
  }

  private func take(_ count: Int, _ size: Int, from rank: Int, number: Int = 0) throws {
    for piece in 0..<count {
      try endpoint.receive(LinkPiece(incoming[0..<size]), number: number + piece, from: rank)
    }
  }

  // MARK: Rank 0

  /// One way to `rank` and back, halved, by bytes; and one way to it while it sleeps.
  func latencies(to rank: Int) throws -> (awake: Curve, asleep: Curve) {
    var (awake, asleep): ([Curve.Point], [Curve.Point]) = ([], [])
    for bytes in NetworkProfile.sizes {
      let size = max(0, bytes - Self.overhead)
      let there = try roundTrip(to: rank, size) / 2
      awake.append(.init(Double(bytes), there))
      // The way back finds this rank awake.
      let slow = try roundTrip(to: rank, size, after: pause)
      asleep.append(.init(Double(bytes), max(there, slow - there)))
    }
    return (Curve(awake), Curve(asleep))
  }

  /// The median time there and back; each time after so many seconds without a word.
  private func roundTrip(to rank: Int, _ size: Int, after pause: Double = 0) throws -> Double {
    let rounds = Self.warmUps + Self.pings
    try endpoint.send(
      LinkOrder(.echo, byteCount: size, count: rounds), number: 0, to: rank)
    var times: [Double] = []
    for round in 0..<rounds {
      if pause > 0 { usleep(UInt32(pause * 1e6)) }
      let began = Stopwatch.now
      try give(1, size, to: rank, number: round)
      try take(1, size, from: rank, number: round)
      if round >= Self.warmUps { times.append(Stopwatch.now - began) }
    }
    return Measurement(times).median
  }

  private static var pieceSize: Int { NetworkProfile.pieceByteCount - overhead }

  /// Bytes a second of a stream to `rank`, and of each of two that cross.
  func streams(to rank: Int) throws -> (oneWay: Double, bothWays: Double) {
    (
      try rate { count in
        try endpoint.send(
          LinkOrder(.take, byteCount: Self.pieceSize, count: count), number: 0, to: rank)
        try give(count, Self.pieceSize, to: rank)
        try take(1, 0, from: rank)
      },
      try rate { count in
        try endpoint.send(
          LinkOrder(.exchange, byteCount: Self.pieceSize, count: count), number: 0, to: rank)
        try give(count, Self.pieceSize, to: rank)
        try take(count, Self.pieceSize, from: rank)
        try endpoint.flush()
      }
    )
  }

  /// Bytes a second that all of `ranks` together send to this one.
  func stream(from ranks: [Int]) throws -> Double {
    try rate { count in
      let each = max(1, count / ranks.count)
      for rank in ranks {
        try endpoint.send(
          LinkOrder(.give, byteCount: Self.pieceSize, count: each), number: 0, to: rank)
      }
      for piece in 0..<each {
        for rank in ranks { try take(1, Self.pieceSize, from: rank, number: piece) }
      }
    }
  }

  /// Bytes a second, the best of three, with as many pieces as time allows.
  private func rate(_ stream: (_ count: Int) throws -> Void) throws -> Double {
    func seconds(_ count: Int) throws -> Double {
      let began = Stopwatch.now
      try stream(count)
      return Stopwatch.now - began
    }
    let first = try seconds(Self.firstPieces)
    let possible = Int(Self.longest / max(first, 1e-6)) * Self.firstPieces
    let count = max(Self.firstPieces, min(Self.pieces, possible))
    let best = try (0..<3).map { _ in try seconds(count) }.min() ?? first
    return Double(count * NetworkProfile.pieceByteCount) / best
  }
}
