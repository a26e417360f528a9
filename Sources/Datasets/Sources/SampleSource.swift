import Storage
import Tensors

/// One modality's samples of one split, on the rank that owns them.
///
/// Opening a source checks everything that can be checked before training; reading gives one
/// preprocessed sample. A new format is a new type with this protocol.
public protocol SampleSource {
  /// One id a sample; equal ids in different modalities are the same sample.
  var ids: [String] { get }
  /// One label a sample, from 0.
  var labels: [Int] { get }
  /// Whether somebody wrote the ids, so that equal ones mean the same sample; false where they are
  /// only the rows' numbers.
  var hasWrittenIDs: Bool { get }
  /// The group of each sample, empty where it has none: what must not be parted by a split, such as a
  /// speaker. Nothing at all where no sample has one.
  var groups: [String] { get }
  /// The shape of one sample as the encoder sees it.
  var sampleShape: Shape { get }

  /// The bytes that the samples take in memory.
  var heldByteCount: Int { get }

  /// Whether reading a sample takes so long that it should be loaded ahead, by threads of its own.
  var isLoadedAhead: Bool { get }

  /// Writes sample `index` to `destination`, which has `sampleShape.elementCount` floats.
  func read(_ index: Int, into destination: inout MutableSpan<Float>) throws

  /// What one thread reads samples with.
  func makeReader() throws -> any SampleReader
}

extension SampleSource {
  /// Ids are written, unless a source says otherwise.
  public var hasWrittenIDs: Bool { true }

  /// Reading is a copy, unless a source says otherwise.
  public var isLoadedAhead: Bool { false }

  /// What copies samples, unless a source has other readers.
  public func makeReader() throws -> any SampleReader { CopyingReader(self) }

  /// None, unless a source says otherwise.
  public var groups: [String] { [] }

  /// Those of floats, unless a source keeps something else.
  public var heldByteCount: Int {
    elementCount([ids.count, sampleShape.elementCount, MemoryLayout<Float>.size]) ?? .max
  }
}

/// Samples of another source that are changed on their way.
public protocol WrappingSource: SampleSource {
  /// Where the samples come from.
  var source: any SampleSource { get }
}

extension WrappingSource {
  /// One id a sample.
  public var ids: [String] { source.ids }
  /// One label a sample, from 0.
  public var labels: [Int] { source.labels }
  /// Whether the ids are not just the rows' numbers.
  public var hasWrittenIDs: Bool { source.hasWrittenIDs }
  /// The group of each sample, or none at all.
  public var groups: [String] { source.groups }
  /// The shape of one sample.
  public var sampleShape: Shape { source.sampleShape }
  /// As the samples are before.
  public var heldByteCount: Int { source.heldByteCount }
  /// As the samples are before.
  public var isLoadedAhead: Bool { source.isLoadedAhead }
}

/// A modality's training and test samples.
public struct ModalityData {
  /// What may be learned from; a validation split is taken out of it later.
  public let train: any SampleSource
  /// What is only looked at. May be empty.
  public let test: any SampleSource
  /// What is odd about the samples though they can be used, a sentence each.
  public let warnings: [String]
  /// Files that are listed and left out.
  public let leftOut: [LeftOutFile]

  /// A pair of sources with equal sample shapes.
  public init(
    train: any SampleSource, test: any SampleSource, warnings: [String] = [],
    leftOut: [LeftOutFile] = []
  ) {
    self.train = train
    self.test = test
    self.warnings = warnings
    self.leftOut = leftOut
  }
}
