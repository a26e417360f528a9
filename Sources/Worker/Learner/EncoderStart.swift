import Configuration
import Datasets
import Networks
import Pretrained
import Storage
import Tensors

/// What a modality's encoder begins as where weights come from a file of others.
///
/// The file is read before a run's first training step alone. What it says of the encoder is saved with the
/// weights, so that evaluation and resuming need it no more.
public struct EncoderStart {
  /// The modality, its encoder with all that the weights decide.
  public let modality: ModalityConfiguration
  /// What was loaded, for people; nil: nothing is.
  public let note: String?
  /// Every array with the tensors that it is made of, a line each.
  public let lines: [String]
  /// What is odd about the weights though they can be used, a sentence each.
  public let warnings: [String]
  /// What is saved with the encoder.
  let metadata: [String: String]
  /// The weights themselves; nil where they were drawn or saved.
  let weights: PretrainedWeights?

  private static let architectureKey = "architecture"
  private static let fileKey = "pretrained_weights"
  private static let formatKey = "pretrained_format"
  private static let digestKey = "pretrained_sha256"

  /// Reads the file of `modality`'s weights, below `root`, for samples of `data`; where it names none,
  /// nothing changes.
  ///
  /// - Parameter features: the width of the head.
  /// - Throws: `FileError` where the file is missing, no such file, or of another encoder.
  public init(_ modality: ModalityConfiguration, data: ModalityData, root: String, features: Int)
    throws
  {
    guard let path = modality.pretraining.weights else {
      self.init(modality, metadata: [:])
      return
    }
    var options = PretrainedOptions()
    (options.format, options.stem) = (modality.pretraining.format, modality.pretraining.stem)
    options.resizesPositions = modality.pretraining.resizesPositions
    let weights = try PretrainedWeights(
      path: InputFile.resolve(path, root: root), options: options, for: modality.encoder)
    let architecture = weights.architecture.yaml
    // What cannot be read back would end evaluation, after all the training.
    guard
      try EncoderArchitecture(yaml: architecture, place: weights.place) == weights.architecture
    else { throw FileError(weights.place, "its sizes are beyond those that an encoder can have") }
    let odd = try Self.check(weights, data)
    // Planned only: what is wrong is found before memory is taken.
    let inventory = try MemoryPlan().counting {
      try weights.inventory(
        for: weights.architecture.makeEncoder(
          inputShape: data.train.sampleShape, features: features, capacity: 1))
    }
    var completed = modality
    completed.encoder = weights.architecture
    self.init(
      completed,
      note: "begins with \(path.legible()) (\(weights.format.rawValue), sha256 "
        + "\(weights.sha256.prefix(12))…): \(inventory.summary)",
      lines: inventory.lines,
      warnings: (inventory.warnings + odd).map { "\(path.legible()): \($0)" },
      metadata: [
        Self.architectureKey: architecture, Self.fileKey: path,
        Self.formatKey: weights.format.rawValue, Self.digestKey: weights.sha256,
      ], weights: weights)
  }

  /// The modality as its encoder was saved in `folder`, of a run that began with the weights of others.
  public init(_ modality: ModalityConfiguration, savedIn folder: String) throws {
    guard modality.pretraining.weights != nil else {
      self.init(modality, metadata: [:])
      return
    }
    let path = "\(folder)/\(ModelFiles.encoder(of: modality.name))"
    let keys = [Self.architectureKey, Self.fileKey, Self.formatKey, Self.digestKey]
    let metadata = try TensorFile.metadata(path: path).filter { keys.contains($0.key) }
    guard let text = metadata[Self.architectureKey] else {
      throw FileError(
        path,
        "does not say which encoder it is of, as those do that began with the weights of others; "
          + "train again")
    }
    var completed = modality
    completed.encoder = try EncoderArchitecture(yaml: text, place: path)
    self.init(completed, metadata: metadata)
  }

  /// The modality as another rank has found it, whose `metadata` this is: its weights will come from there.
  init(_ modality: ModalityConfiguration, following metadata: [String: String]) throws {
    var completed = modality
    if let text = metadata[Self.architectureKey] {
      completed.encoder = try EncoderArchitecture(yaml: text, place: "the leader's weights")
    }
    self.init(completed, metadata: metadata)
  }

  private init(
    _ modality: ModalityConfiguration, note: String? = nil, lines: [String] = [],
    warnings: [String] = [], metadata: [String: String], weights: PretrainedWeights? = nil
  ) {
    (self.modality, self.note, self.lines, self.warnings) = (modality, note, lines, warnings)
    (self.metadata, self.weights) = (metadata, weights)
  }

  /// `digest`, of the data, with that of the weights.
  func digest(with digest: String) -> String {
    guard let weights = metadata[Self.digestKey] else { return digest }
    var both = SHA256()
    both.update("\(digest) \(weights)\n".utf8)
    return both.hex
  }

  /// Throws where the texts have more tokens than the weights know; what is odd about fewer.
  private static func check(_ weights: PretrainedWeights, _ data: ModalityData) throws -> [String] {
    guard case .transformer(let options) = weights.architecture, options.input == .text,
      let known = options.vocabulary, let count = data.tokenCount, count != known
    else { return [] }
    guard count < known else {
      throw FileError(
        weights.place,
        "knows \(known) tokens, but the texts have \(count); read the texts with the vocabulary of "
          + "the weights, vocab.txt")
    }
    return [
      "knows \(known) tokens, but the texts have \(count): are they numbered by the vocabulary of the "
        + "weights, vocab.txt?"
    ]
  }
}
