import Storage
import Tensors

/// The files of one modality's samples of one split, and what is kept of them in memory.
final class MediaFiles: Sendable {
  let items: [MediaItem]
  /// The place of each item's file in the cache: several samples may show one file.
  let slots: [Int]
  let cache: DecodedCache
  let makePreparer: @Sendable () throws -> any SamplePreparer

  init(
    _ items: [MediaItem], slots: [Int], _ cache: DecodedCache,
    _ makePreparer: @escaping @Sendable () throws -> any SamplePreparer
  ) {
    self.items = items
    self.slots = slots
    self.cache = cache
    self.makePreparer = makePreparer
  }
}

/// Samples that are files: decoded ahead of the time when they are needed, and kept where they fit.
public struct MediaSource: SampleSource {
  /// One id a sample.
  public let ids: [String]
  /// One label a sample, from 0.
  public let labels: [Int]
  /// The group of each sample, or none at all.
  public let groups: [String]
  /// The shape of every sample.
  public let sampleShape: Shape

  private let files: MediaFiles
  /// What `read` reads with, for whoever needs a sample now and then.
  private let reader: MediaReader

  /// The samples of files that have been looked at.
  init(_ files: MediaFiles, sampleShape: Shape) throws {
    self.files = files
    self.sampleShape = sampleShape
    ids = files.items.map(\.id)
    labels = files.items.map(\.label)
    groups = files.items.allSatisfy(\.group.isEmpty) ? [] : files.items.map(\.group)
    reader = try MediaReader(files)
  }

  /// The bytes of decoded samples that are kept.
  public var heldByteCount: Int { files.cache.byteCount }
  /// Files are decoded by threads of their own.
  public var isLoadedAhead: Bool { true }

  /// Makes the sample that evaluation sees.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) throws {
    var nothing: SeededGenerator?
    try reader.read(index, random: &nothing, into: &destination)
  }

  /// What one thread reads samples with.
  public func makeReader() throws -> any SampleReader { try MediaReader(files) }
}
