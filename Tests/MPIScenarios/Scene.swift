import Exchange
import Glibc
import MPI

/// What a scenario plays with on each rank.
struct Scene {
  let world: MPIWorld
  let endpoint: Endpoint
  let numbers: [Int]

  init(
    _ world: MPIWorld, numbers: [Int], deadline: Duration = .seconds(60), limit: Int? = nil,
    rings: Bool = true
  ) {
    self.world = world
    self.numbers = numbers
    let transport = MPITransport(
      world, messageByteLimit: limit ?? MPIWorld.messageByteLimit, rings: rings)
    endpoint = Endpoint(transport, deadline: deadline)
    endpoint.know([.head, .headUpdate])
    endpoint.describe(0, as: "coordinator")
    for rank in 1..<max(2, world.size) { endpoint.describe(rank, as: "modality m\(rank)") }
  }

  var rank: Int { world.rank }
  var others: Range<Int> { 1..<world.size }

  /// The n-th number of the command line.
  func number(_ index: Int, or standard: Int) -> Int {
    index < numbers.count ? numbers[index] : standard
  }

  /// Sends bytes that tell from whom, which and how many they are.
  func send(_ kind: MessageKind, turn: Int, byteCount: Int, to target: Int) throws {
    let frame = endpoint.frame(kind, number: turn)
    frame.append(pattern(from: rank, turn: turn, byteCount: byteCount))
    try endpoint.send(frame, to: target)
  }

  /// Receives what `send` sent and compares every byte.
  func expect(_ kind: MessageKind, turn: Int, byteCount: Int, from source: Int) throws {
    try endpoint.receive(kind, number: turn, from: source) { frame in
      let found = try frame.readArray(of: UInt8.self)
      guard found == pattern(from: source, turn: turn, byteCount: byteCount) else {
        throw ScenarioError(
          "rank \(rank): \(found.count) bytes from rank \(source) are not the \(byteCount) sent")
      }
      guard frame.remaining == 0 else { throw ScenarioError("bytes are left over") }
    }
  }

  private func pattern(from source: Int, turn: Int, byteCount: Int) -> [UInt8] {
    let seed = source &* 31 &+ turn &* 7
    return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialised in
      for index in 0..<byteCount {
        buffer[index] = UInt8(truncatingIfNeeded: (seed &+ index) &* 167 &>> 3)
      }
      initialised = byteCount
    }
  }
}

/// A check of a scenario that did not hold.
struct ScenarioError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Keeps this core busy, far from any message.
func compute(milliseconds: Int) {
  let end = ContinuousClock.now.advanced(by: .milliseconds(milliseconds))
  while ContinuousClock.now < end {}
}

/// Does nothing for a while.
func rest(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }
