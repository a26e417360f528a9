import Tensors

/// Where a training sample stands: what its random numbers follow from, so that they are the same
/// whoever loads it, and when.
public struct TrainingPlace: Sendable, Equatable {
  /// The epoch, from 0.
  public let epoch: Int
  /// The mini-batch of the epoch, from 0.
  public let batch: Int

  /// A mini-batch of an epoch.
  public init(epoch: Int, batch: Int) {
    self.epoch = epoch
    self.batch = batch
  }
}

/// A mini-batch that is wanted.
public struct BatchRequest: Sendable, Equatable {
  /// The rows of the source.
  public let rows: [Int]
  /// Where in training; nil: the samples are evaluated.
  public let place: TrainingPlace?
  /// The place of the first row in the mini-batch, of which these rows may be a part.
  public let first: Int

  /// Rows to train on at `place`, or to evaluate; the first of them stands at `first` of the mini-batch.
  public init(_ rows: [Int], at place: TrainingPlace? = nil, first: Int = 0) {
    self.rows = rows
    self.place = place
    self.first = first
  }

  /// The mini-batches, of up to `count` samples, that rows are evaluated in.
  public static func evaluating(_ rows: [Int], atMost count: Int) -> [BatchRequest] {
    stride(from: 0, to: rows.count, by: count).map {
      BatchRequest(Array(rows[$0..<min($0 + count, rows.count)]))
    }
  }
}

/// Makes samples as an encoder sees them: read, standardised, changed at random. For one thread.
public final class SampleMaker {
  private let reader: any SampleReader
  private let augmenter: Augmenter?
  private let seed: UInt64
  private let stream: String

  /// Copies of the samples of `source`.
  init(copying source: any SampleSource) {
    reader = CopyingReader(source)
    augmenter = nil
    (seed, stream) = (0, "")
  }

  /// Samples of `source`.
  ///
  /// - Parameters:
  ///   - augmentation: how training samples are changed; nil: they stay.
  ///   - seed: the run's.
  ///   - name: the modality's; with the seed and the place in training it decides all random numbers.
  public init(
    _ source: any SampleSource, augmentation: Augmentation? = nil, seed: UInt64 = 0,
    name: String = ""
  ) throws {
    reader = try source.makeReader()
    augmenter = augmentation.map(Augmenter.init)
    self.seed = seed
    stream = "augment/\(name)"
  }

  /// Writes the sample that stands at `index` of a mini-batch.
  public func make(
    _ index: Int, of request: BatchRequest, into destination: inout MutableSpan<Float>
  ) throws {
    var random = request.place.map {
      SeededGenerator(
        seed: seed, stream: stream, numbers: [$0.epoch, $0.batch, request.first + index])
    }
    try reader.read(request.rows[index], random: &random, into: &destination)
    if let augmenter, let random { augmenter.change(&destination, drawingFrom: random) }
  }
}
