import MPI

/// One rank's end of a `MemoryFabric`.
final class MemoryTransport: Transport {
  private let fabric: MemoryFabric
  let worldRank: Int

  init(_ fabric: MemoryFabric, rank: Int) {
    self.fabric = fabric
    worldRank = rank
  }

  var worldSize: Int { fabric.worldSize }
  /// They do not: one rank has the baton.
  var othersRun: Bool { false }

  func post(_ frame: Frame, to rank: Int) throws {
    try fabric.post(frame, from: worldRank, to: rank)
  }

  /// A message is with its receiver as soon as it is sent.
  func push(atMost duration: Duration) {}

  func reclaim() -> Frame? { fabric.reclaim(by: worldRank) }

  func take(
    from rank: Int, into frame: Frame, within limit: Duration, meanwhile: () throws -> Void
  ) throws -> Bool {
    try fabric.take(by: worldRank, from: rank, into: frame, deadline: .now.advanced(by: limit))
  }

  func hasMessage(from rank: Int) -> Bool { fabric.hasMail(for: worldRank, from: rank) }

  /// Nothing waits to leave: a message is with its receiver as soon as it is sent.
  func drain(within limit: Duration) throws -> Int? {
    try fabric.throwIfStopped()
    return nil
  }

  func poll(from rank: Int, into frame: Frame) throws -> Bool {
    try fabric.poll(by: worldRank, from: rank, into: frame)
  }

  func leavingCount(to rank: Int) -> Int { 0 }

  func wait(areRung: Bool, within limit: Duration, until isOver: () throws -> Bool) throws -> Bool {
    try fabric.wait(by: worldRank, deadline: .now.advanced(by: limit), until: isOver)
  }

  func ring(_ rank: Int) { fabric.ring(rank) }
  func canShareMemory(with rank: Int) -> Bool { true }
  func makeShared(_ byteCount: Int) -> SharedMemory { fabric.makeShared(byteCount) }
  func openShared(_ name: String, byteCount: Int) throws -> SharedMemory {
    try fabric.openShared(name)
  }
  func closeShared(_ memory: SharedMemory) { fabric.closeShared(memory) }
}

/// Frames in the order in which they were sent. Keeps its memory, so that it allocates nothing once
/// it has been as long as it gets.
struct FrameQueue {
  private var frames: [Frame] = []
  private var head = 0

  var isEmpty: Bool { head == frames.count }

  mutating func append(_ frame: Frame) { frames.append(frame) }

  mutating func popFirst() -> Frame? {
    guard !isEmpty else { return nil }
    let first = frames[head]
    head += 1
    if head == frames.count {
      frames.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 64 && head * 2 >= frames.count {
      frames.removeSubrange(0..<head)
      head = 0
    }
    return first
  }
}
