import Storage
import Synchronization
import Tensors

/// The samples of a source that could not be read, and why.
public final class UnreadSamples: Sendable {
  private let problems = Mutex<[Int: String]>([:])

  /// None yet.
  public init() {}

  /// Notes that a row cannot be read.
  func note(_ row: Int, _ problem: String) { problems.withLock { $0[row] = problem } }

  /// Why a row could not be read, and forgets it; nil: it could.
  public func take(_ row: Int) -> String? {
    problems.withLock { $0.isEmpty ? nil : $0.removeValue(forKey: row) }
  }
}

/// A source whose samples are zeros where they cannot be read, which is noted: the others of their mini-batch
/// are not lost with them.
public struct ForgivingSource: WrappingSource {
  /// Where the samples come from.
  public let source: any SampleSource
  /// What could not be read.
  public let unread: UnreadSamples

  /// The samples of `source`.
  public init(_ source: any SampleSource) {
    self.source = source
    unread = UnreadSamples()
  }

  /// Writes sample `index`, or zeros.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) throws {
    try forgiving(index, &destination) { try source.read(index, into: &$0) }
  }

  /// What one thread reads samples with.
  public func makeReader() throws -> any SampleReader {
    ForgivingReader(try source.makeReader(), of: self)
  }

  fileprivate func forgiving(
    _ index: Int, _ destination: inout MutableSpan<Float>,
    _ read: (inout MutableSpan<Float>) throws -> Void
  ) throws {
    do {
      try read(&destination)
    } catch let error as FileError {
      unread.note(index, error.description)
      for place in destination.indices { destination[place] = 0 }
    }
  }
}

/// Reads what another reader reads, and forgives it.
private final class ForgivingReader: SampleReader {
  private let reader: any SampleReader
  private let source: ForgivingSource

  init(_ reader: any SampleReader, of source: ForgivingSource) {
    (self.reader, self.source) = (reader, source)
  }

  func read(
    _ index: Int, random: inout SeededGenerator?, into destination: inout MutableSpan<Float>
  ) throws {
    var drawn = random
    try source.forgiving(index, &destination) {
      try reader.read(index, random: &drawn, into: &$0)
    }
    random = drawn
  }
}
