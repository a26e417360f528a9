import MPI
import Tensors

/// What the replicas of a node show each other beside arrays: signs of life, whom each waits for, whether one
/// has failed, and the few numbers of small exchanges.
struct ReplicaBoard {
  /// How many numbers a replica shows at a time.
  static let slotCount = 1024

  private let flags: SharedFlags
  private let slots: Buffer<Double>
  private let grid: ReplicaGrid

  /// Flags of different replicas are on lines of their own.
  private static let line = 16
  private enum Flag: Int { case pulse, waitsFor, hasFailed }

  private static func flagCount(_ grid: ReplicaGrid) -> Int {
    line * (grid.localCount + grid.count)
  }

  /// The memory of a board.
  static func byteCount(_ grid: ReplicaGrid) -> Int {
    4 * flagCount(grid) + 2 * grid.count * slotCount * MemoryLayout<Double>.stride
  }

  /// The board in `memory`, which is empty at first.
  init(_ memory: SharedMemory, _ grid: ReplicaGrid) {
    self.grid = grid
    flags = memory.flags(at: 0, count: Self.flagCount(grid))
    slots = memory.values(
      Double.self, at: 4 * flags.count, count: 2 * grid.count * Self.slotCount)
  }

  private subscript(local: Int, flag: Flag) -> UInt32 {
    get { flags[local * Self.line + flag.rawValue] }
    nonmutating set { flags[local * Self.line + flag.rawValue] = newValue }
  }

  /// Shows that a replica lives.
  func beat(_ local: Int) { self[local, .pulse] &+= 1 }

  /// Changes while a replica works.
  func pulse(_ local: Int) -> UInt32 { self[local, .pulse] }

  /// Shows whom a replica waits for, by place.
  func setWait(_ local: Int, for place: Int?) { self[local, .waitsFor] = UInt32((place ?? -1) + 1) }

  /// Whom a replica waits for.
  func wait(of local: Int) -> Int? {
    let place = Int(self[local, .waitsFor]) - 1
    return place < 0 ? nil : place
  }

  /// Shows that a replica has failed.
  func fail(_ local: Int) { self[local, .hasFailed] = 1 }

  /// The first replica of the node that has failed.
  var failed: Int? { (0..<grid.localCount).first { self[$0, .hasFailed] != 0 } }

  /// Whether the numbers of a replica are there for an exchange.
  func has(_ place: Int, exchange: UInt32) -> Bool {
    Int32(bitPattern: flags[(grid.localCount + place) * Self.line] &- exchange) >= 0
  }

  /// Shows the numbers of a replica.
  func show(_ values: ArraySlice<Double>, of place: Int, exchange: UInt32) {
    let slot = slot(of: place, exchange: exchange)
    for (index, value) in values.enumerated() { slot[index] = value }
    flags[(grid.localCount + place) * Self.line] = exchange
  }

  /// The numbers of a replica, as many as asked for.
  func numbers(_ count: Int, of place: Int, exchange: UInt32) -> [Double] {
    slot(of: place, exchange: exchange)[0..<count].array
  }

  /// Two exchanges that follow each other have slots of their own: nobody is two ahead of another.
  private func slot(of place: Int, exchange: UInt32) -> Buffer<Double> {
    let first = (Int(exchange % 2) * grid.count + place) * Self.slotCount
    return slots[first..<first + Self.slotCount]
  }
}
