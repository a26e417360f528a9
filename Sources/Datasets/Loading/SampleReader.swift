import Storage
import Tensors

/// Reads samples of one source with buffers of its own, on one thread at a time.
public protocol SampleReader: AnyObject {
  /// Writes sample `index`.
  ///
  /// - Parameter random: what training draws from; nil: as the sample is evaluated.
  func read(
    _ index: Int, random: inout SeededGenerator?, into destination: inout MutableSpan<Float>) throws
}

/// Reads the files of a source, or what is kept of them.
final class MediaReader: SampleReader {
  private let files: MediaFiles
  private let preparer: any SamplePreparer

  init(_ files: MediaFiles) throws {
    self.files = files
    preparer = try files.makePreparer()
  }

  func read(
    _ index: Int, random: inout SeededGenerator?, into destination: inout MutableSpan<Float>
  ) throws {
    let item = files.items[index]
    try preparer.prepare(decoded(index, item), random: &random, into: &destination)
    if let element = firstNonFinite(in: destination.span) {
      throw FileError(
        item.path,
        "value \(element) of its sample is \(destination[element]), expected a finite number"
          + " (listed at \(item.place))")
    }
  }

  /// Decodes a file and keeps what comes of it, if there is room.
  func decoded(_ index: Int, _ item: MediaItem) throws -> DecodedSample {
    let slot = files.slots[index]
    if let kept = files.cache.sample(slot) { return kept }
    do {
      let decoded = try preparer.decode(item)
      files.cache.offer(decoded, for: slot)
      return decoded
    } catch let error as FileError {
      throw FileError(
        error.place, "\(error.problem) (listed at \(item.place))",
        isOfMissingFile: error.isOfMissingFile)
    }
  }
}

/// Reads what another reader reads, and standardises it.
final class StandardisedReader: SampleReader {
  private let reader: any SampleReader
  private let source: StandardisedSource

  init(_ reader: any SampleReader, of source: StandardisedSource) {
    self.reader = reader
    self.source = source
  }

  func read(
    _ index: Int, random: inout SeededGenerator?, into destination: inout MutableSpan<Float>
  ) throws {
    try reader.read(index, random: &random, into: &destination)
    try source.standardise(&destination, index)
  }
}

/// Reads a source whose samples are in memory.
final class CopyingReader: SampleReader {
  private let source: any SampleSource

  init(_ source: any SampleSource) { self.source = source }

  func read(
    _ index: Int, random: inout SeededGenerator?, into destination: inout MutableSpan<Float>
  ) throws {
    try source.read(index, into: &destination)
  }
}
