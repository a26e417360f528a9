import Tensors

extension Assignment {
  /// A modality's part of a prediction: its saved model, and samples without labels that lie on the rank's host.
  public struct Prediction: Sendable, Equatable {
    /// How the samples are named.
    public enum Input: Int, Sendable {
      /// By a manifest, a folder, an array or an IDX file.
      case listed
      /// One file is one sample.
      case file
      /// The text itself is the one sample.
      case text
    }

    /// The place of the modality in the configuration.
    public var modality = 0
    /// The resolved configuration, as YAML.
    public var configuration = ""
    /// The folder of the weights, the same path on every host.
    public var weights = ""
    /// The axes of one sample.
    public var sampleShape: [Int] = []
    /// The most samples of a forward pass.
    public var capacity = 1
    /// How the samples are named.
    public var input = Input.listed
    /// The path, or the text.
    public var path = ""
    /// The file that names the rows of an array; empty: none does.
    public var ids = ""
    /// What relative paths of a manifest start from; empty: its folder.
    public var root = ""
    /// Whether samples that cannot be read are left out.
    public var leavesBroken = false
    /// What messages call the coordinator.
    public var coordinator = ""

    /// Nothing yet: what a part is read into.
    public init() {}

    mutating func layout(_ fields: Fields) throws {
      try fields.field(&modality)
      try fields.field(&configuration)
      try fields.field(&weights)
      try fields.field(&sampleShape)
      try fields.require(sampleShape.allSatisfy { $0 > 0 } && sampleShape.product() != nil)
      try fields.field(&capacity)
      try fields.require(modality >= 0 && capacity > 0)
      var code = input.rawValue
      try fields.field(&code)
      try fields.require(Input(rawValue: code) != nil)
      input = Input(rawValue: code) ?? .listed
      try fields.field(&path)
      try fields.field(&ids)
      try fields.field(&root)
      try fields.field(&leavesBroken)
      try fields.field(&coordinator)
    }
  }
}

/// What a modality's saved model says of some samples without labels, in the order of the roster.
public struct PredictedLogits: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.prediction

  /// What each head of the modality gives.
  public var heads: [EvaluatedLogits]
  /// The places among these samples of those that could not be read, whose logits mean nothing.
  public var unread: [Int]
  /// Why they could not, a sentence each.
  public var problems: [String]
  /// Seconds that forward passes took, and that reading took which they waited for.
  public var forwardSeconds = 0.0, readingSeconds = 0.0

  /// Logits to send, or none yet.
  public init(
    heads: [EvaluatedLogits] = [], unread: [Int] = [], problems: [String] = []
  ) {
    (self.heads, self.unread, self.problems) = (heads, unread, problems)
  }

  /// The heads one after the other, then what could not be read, then the times.
  public mutating func layout(_ fields: Fields) throws {
    var count = heads.count
    try fields.field(&count)
    try fields.require(0...64 ~= count)
    if fields.isReading { heads = (0..<count).map { _ in EvaluatedLogits() } }
    for place in heads.indices { try heads[place].layout(fields) }
    try fields.field(&unread)
    try fields.field(&problems)
    try fields.require(unread.count == problems.count)
    try fields.field(&forwardSeconds)
    try fields.field(&readingSeconds)
  }
}

/// The coordinator has taken predictions in, and has room for more.
public struct MorePredictions: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.morePredictions
  /// How many messages of predictions may be on their way.
  public static let window = 4

  /// The word, which its kind says.
  public init() {}

  /// Nothing.
  public mutating func layout(_ fields: Fields) throws {}
}
