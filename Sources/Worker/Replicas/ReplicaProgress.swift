import Exchange
import MPI

/// How far each replica of a node is in a step, for the others to see.
struct ReplicaProgress {
  /// What a replica says.
  enum Flag: Int, CaseIterable {
    /// How many buckets' gradients are complete, in all steps.
    case completed
    /// The last step whose gradients it has summed as far as it moves them.
    case summed
    /// The last step that is over for it.
    case over
    /// The first value that the last step has spoilt, counted from 1; 0: none is, as far as it knows.
    case spoilt
  }

  private static let line = 16
  private let flags: SharedFlags
  /// The number of replicas.
  let localCount: Int

  static func byteCount(_ localCount: Int) -> Int { 4 * line * localCount }

  init(_ memory: SharedMemory, at place: Int, _ localCount: Int) {
    flags = memory.flags(at: place, count: Self.line * localCount)
    self.localCount = localCount
  }

  subscript(local: Int, flag: Flag) -> UInt32 {
    get { flags[local * Self.line + flag.rawValue] }
    nonmutating set { flags[local * Self.line + flag.rawValue] = newValue }
  }

  /// The first replica whose flag is behind a count; nil: none is. Counts go round, so that differences are
  /// compared.
  func behind(_ count: UInt32, _ flag: Flag) -> Int? {
    (0..<localCount).first { Int32(bitPattern: self[$0, flag] &- count) < 0 }
  }
}
