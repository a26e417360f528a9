import Glibc
import Synchronization

/// The system refused memory that everything before had said there was.
public struct MemoryExhausted: Error, Equatable, CustomStringConvertible {
  /// What was asked for, in bytes.
  public let byteCount: Int

  /// The error as one sentence.
  public var description: String {
    let limits = MemoryLimits.description.map { " (\($0))" } ?? ""
    return
      "out of memory: \(MachineMemory.text(byteCount)) more cannot be had on this host\(limits); raise the limit, use more hosts, or lower features, batch_size or the size of the encoder"
  }

  private static let ending = Mutex<(@Sendable (MemoryExhausted) -> Never)?>(nil)

  /// Says how the program ends when there is no memory left. Whoever asks for memory cannot go on
  /// without, so it is no error that is thrown.
  public static func endProgram(by end: @Sendable @escaping (MemoryExhausted) -> Never) {
    ending.withLock { $0 = end }
  }

  static func end(askedFor byteCount: Int) -> Never {
    let error = MemoryExhausted(byteCount: byteCount)
    if let end = ending.withLock({ $0 }) { end(error) }
    fatalError(error.description)
  }
}
