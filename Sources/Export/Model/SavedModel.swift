import Configuration
import Datasets
import MLA
import Methods
import Networks
import Runs
import Storage
import Tensors
import Worker

/// The model of a run, read whole: what an export is made of. Nothing but the run's folder is opened.
public struct SavedModel {
  /// The folder of the run.
  public let run: String
  /// The configuration that it was trained with.
  public let configuration: RunConfiguration
  /// How much of the run is in the weights, as people say it: `epoch 12`.
  public let trained: String
  /// The modalities, in the order of the configuration.
  public let modalities: [SavedModality]
  /// How it predicts.
  public let prediction: PredictionRule
}

extension SavedModel {
  /// Reads the model of `run`.
  ///
  /// - Parameter fusion: how predictions are to be fused; nil: as the model does it.
  /// - Throws: where a file is missing, damaged or of another model, or where the model cannot be exported.
  public init(of run: RunDirectory, fusion: FusionKind? = nil) throws {
    let description = try ModelDescription(of: run)
    let configuration = try RunConfiguration.saved(in: run, fusion: nil, overrides: [])
    let folder = run.below(description.weights)
    guard !(configuration.method.method is ReconBoost) else {
      throw PredictionRule.refusal(of: configuration.method.kind, run.path)
    }
    let isOwn = fusion == nil && configuration.method.method is any JointTraining
    let fitted = try FusionRecord.read(from: run, of: configuration, model: description.weights)
    let shared = try Self.shared(configuration, folder)
    prediction = try PredictionRule(
      of: configuration, asked: fusion, pool: fitted?.fit.pool, commonBias: shared.bias,
      place: run.path)
    modalities = try configuration.modalities.enumerated().map { place, modality in
      try Self.modality(
        EncoderStart(modality, savedIn: folder).modality, of: configuration, folder,
        sampleShape: Shape(description.sampleShapes[place]), shared, isOwn: isOwn)
    }
    self.run = run.path
    self.configuration = configuration
    trained = "\(description.position)"
  }

  /// What the coordinator holds: a head for all, or a bias that all have in common.
  private typealias Shared = (head: SavedHead?, bias: [Float]?)

  private static func shared(_ configuration: RunConfiguration, _ folder: String) throws -> Shared {
    let method = configuration.method.method
    let joint = method as? any JointTraining
    guard method.headPlace == .coordinator || joint?.heads == .slices else { return (nil, nil) }
    guard !(method is any FeatureFusionTraining) else { return (nil, nil) }
    let file = try TensorFile(path: "\(folder)/\(ModelFiles.head)")
    try WeightsSeal.check(file)
    let (classes, features) = (configuration.classes.count, configuration.features)
    let bias = try file.tensor(named: "bias", shape: [classes]).floats()
    guard joint == nil else { return (nil, bias) }
    let weight = try file.tensor(named: "weight", shape: [classes, features]).floats()
    return (SavedHead(weight: weight, bias: bias), nil)
  }

  private static func modality(
    _ modality: ModalityConfiguration, of configuration: RunConfiguration, _ folder: String,
    sampleShape: Shape, _ shared: Shared, isOwn: Bool
  ) throws -> SavedModality {
    let file = try TensorFile(path: "\(folder)/\(ModelFiles.encoder(of: modality.name))")
    try WeightsSeal.check(file)
    let architecture = modality.encoder.withVocabulary(vocabulary(of: modality.encoder, in: file))
    let encoder: Encoder
    do {
      encoder = try architecture.makeEncoder(
        inputShape: sampleShape, features: configuration.features, capacity: 1)
    } catch let error as NetworkError {
      throw FileError(
        file.place, "its encoder cannot be made again: \(error); put the run back from a copy")
    }
    try file.restore(encoder.weights, prefix: EncoderFile.encoderPrefix)
    let standardiser = try EncoderFile.standardiser(
      modality.source.standardisation, from: file, sampleShape: sampleShape)
    return SavedModality(
      name: modality.name, source: modality.source, architecture: architecture.settled,
      sampleShape: sampleShape, arrays: encoder.weights, standardiser: standardiser,
      head: try head(of: configuration, in: file, shared, isOwn: isOwn),
      vocabulary: words(of: modality.source, in: file))
  }

  /// The words of a modality of texts, which the weights' file names behind each other; none where numbers are
  /// of something else: pieces of a given vocabulary, or characters.
  private static func words(of source: SourceOptions, in file: TensorFile) -> [String] {
    guard case .text(let options) = source, options.tokens == .words else { return [] }
    // Scalar by scalar: a word may begin with an accent.
    let saved = EncoderFile.tokeniser(in: file.metadata, place: file.place)
    return (saved?.identity ?? "").unicodeScalars.split(separator: " ").map {
      String(String.UnicodeScalarView($0))
    }
  }

  /// The head that the prediction is made with: of modalities that have two, the slice of the joint one is for
  /// the model's own prediction, the other for all else.
  private static func head(
    of configuration: RunConfiguration, in file: TensorFile, _ shared: Shared, isOwn: Bool
  ) throws -> SavedHead {
    if let head = shared.head { return head }
    let (classes, features) = (configuration.classes.count, configuration.features)
    let hasTwo = configuration.method.evaluatedHeadCount == 2
    let prefix = EncoderFile.headPrefix + (hasTwo && !isOwn ? "own." : "")
    let weight = try file.tensor(named: prefix + "weight", shape: [classes, features]).floats()
    let bias = try file.tensor(named: prefix + "bias", shape: [classes]).floats()
    let share = PredictionRule.share(
      of: hasTwo && !isOwn ? nil : shared.bias, count: configuration.modalities.count,
      classCount: classes)
    return SavedHead(weight: weight, bias: zip(bias, share).map { $0 + $1 })
  }

  /// How many tokens the encoder of texts knows, by its table; nil: it is of no texts.
  private static func vocabulary(of architecture: EncoderArchitecture, in file: TensorFile) -> Int?
  {
    func rows(_ name: String) -> Int? { file[name]?.shape.dimensions.first }
    switch architecture {
    case .transformer: return rows(EncoderFile.encoderPrefix + "embedding1.tokens")
    case .bagOfWords(let options):
      return rows(EncoderFile.encoderPrefix + "bag1.vectors").map {
        $0 - (options.longestGram > 1 ? options.buckets : 0)
      }
    default: return nil
    }
  }
}

extension EncoderArchitecture {
  /// The same with everything written out that was left to a size.
  fileprivate var settled: EncoderArchitecture {
    if case .transformer(let options) = self { .transformer(options.settled) } else { self }
  }
}
