import Configuration
import Datasets
import Exchange
import Networks
import Storage
import Tensors

/// One modality of a saved model, as it speaks of samples that nobody has labelled.
///
/// Its forward passes are those of an evaluation, with as many samples at a time; so equal samples in equal
/// order have equal logits, bit for bit.
public final class ModalityPredictor {
  /// The axes of one sample as the encoder sees it.
  public let sampleShape: Shape

  private let configuration: RunConfiguration
  private let modality: ModalityConfiguration
  private let learner: ModalityLearner
  private let method: any WorkerMethod
  private let standardiser: Standardiser
  private let tokeniser: (any Tokeniser)?
  private var source: any SampleSource
  private var unread: UnreadSamples?
  private var feed: BatchFeed
  private var chunks: [[Int]] = []

  /// The modality as it was saved.
  ///
  /// - Parameters:
  ///   - folder: the folder of the weights.
  ///   - sampleShape: the axes of one sample.
  ///   - capacity: the most samples of a forward pass.
  /// - Throws: `FileError` where the modality's file is missing, damaged, or of another encoder.
  public init(
    _ configuration: RunConfiguration, modality index: Int, savedIn folder: String,
    sampleShape: Shape, capacity: Int
  ) throws {
    var configuration = configuration
    let start = try EncoderStart(configuration.modalities[index], savedIn: folder)
    configuration.modalities[index] = start.modality
    let modality = start.modality
    let file = try TensorFile(path: "\(folder)/\(ModelFiles.encoder(of: modality.name))")
    try WeightsSeal.check(file)
    tokeniser = try Self.tokeniser(of: modality, in: file)
    standardiser = try EncoderFile.standardiser(
      modality.source.standardisation, from: file, sampleShape: sampleShape)
    // Nothing is drawn, and no gradient is ever found.
    let network = try configuration.makeNetwork(
      of: index, inputShape: sampleShape, tokens: tokeniser?.tokenCount, capacity: capacity)
    let nothing = EmptySource(sampleShape: sampleShape)
    learner = ModalityLearner(
      network: network, source: nothing, classCount: configuration.classes.count,
      options: configuration.scheduled(modality.optimizer))
    method = configuration.method.worker(
      on: WorkerRank(
        configuration: configuration, modality: index, learner: learner, batchSize: capacity,
        endpoint: .unconnected))
    try file.restore(learner.encoder.weights, prefix: EncoderFile.encoderPrefix)
    try file.restore(method.weights, prefix: EncoderFile.headPrefix)
    (self.configuration, self.modality, self.sampleShape) = (configuration, modality, sampleShape)
    source = nothing
    feed = BatchFeed(copying: nothing)
  }

  private static func tokeniser(
    of modality: ModalityConfiguration, in file: TensorFile
  ) throws -> (any Tokeniser)? {
    guard case .text(let options) = modality.source else { return nil }
    guard let saved = EncoderFile.tokeniser(in: file.metadata, place: file.place),
      let tokeniser = try options.tokeniser(saved: saved)
    else {
      throw FileError(
        file.place,
        "holds no vocabulary, because an older build wrote it: go on with the run for a checkpoint of "
          + "this build (train --resume), or evaluate it with its training files")
    }
    return tokeniser
  }

  /// The shared head, `[K, D]` and `[K]`, to be filled in; nil: the modality has heads of its own.
  public var sharedHead: Buffer<Float>? {
    configuration.method.headPlace == .coordinator ? method.head.store.values : nil
  }

  /// What the coordinator must know before anything is predicted; empty: nothing.
  public func preface() throws -> [Float] { try method.preface() }

  /// Opens samples, and returns their ids with whether somebody wrote them.
  ///
  /// - Parameter leavesBroken: whether samples that cannot be read are left out; else the first one ends all.
  public func open(
    _ input: UnlabelledInput, leavingBroken leavesBroken: Bool
  ) throws -> (ids: [String], areWritten: Bool) {
    let opened = try UnlabelledSource.open(
      input, as: modality.source, sampleShape: sampleShape, tokeniser: tokeniser,
      media: configuration.data.media)
    guard opened.sampleShape == sampleShape else {
      throw FileError(
        "modality \(modality.name)",
        "its samples are \(opened.sampleShape), but the model was trained on \(sampleShape)")
    }
    let prepared: any SampleSource =
      standardiser.kind == .none ? opened : StandardisedSource(opened, with: standardiser)
    let forgiving = leavesBroken ? ForgivingSource(prepared) : nil
    (source, unread) = (forgiving ?? prepared, forgiving?.unread)
    return (source.ids, source.hasWrittenIDs)
  }

  /// Says which rows will be asked for, so many at a time.
  public func expect(_ chunks: [[Int]]) throws {
    self.chunks = chunks
    // One sample is not worth a thread.
    let loaders = chunks.reduce(0) { $0 + $1.count } > 1 ? configuration.data.media.loaders : 0
    feed = try BatchFeed(
      of: source, loaders: loaders,
      evaluating: chunks.flatMap {
        BatchRequest.evaluating($0, atMost: learner.evaluationCapacity)
      })
  }

  /// What the heads say of chunk `number`.
  public func logits(ofChunk number: Int) throws -> PredictedLogits {
    let (began, waited) = (ContinuousClock.now, feed.waitedSeconds)
    let rows = chunks[number]
    var found = PredictedLogits(
      heads: try learner.logits(of: rows, from: feed, heads: method.evaluatedHeads))
    found.readingSeconds = feed.waitedSeconds - waited
    found.forwardSeconds = max(0, began.secondsAgo - found.readingSeconds)
    for (place, row) in rows.enumerated() {
      guard let problem = unread?.take(row) else { continue }
      found.unread.append(place)
      found.problems.append(problem)
    }
    return found
  }
}
