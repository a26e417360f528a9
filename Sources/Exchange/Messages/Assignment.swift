/// What a rank is told to do: the first message of every conversation.
public enum Assignment: Sendable, Equatable {
  /// Take part in a run as the worker of one modality.
  case work(Work)
  /// There is nothing more to do.
  case dismissed

  /// A worker's part of a run.
  public struct Work: Sendable, Equatable {
    /// The place of the modality in the configuration.
    public var modality: Int
    /// The resolved configuration, as YAML.
    public var configuration: String
    /// The folder of the run, the same path on every host; empty: nothing is saved.
    public var runDirectory: String
    /// The saved weights to start from, a folder below `runDirectory`; empty: fresh weights.
    public var weights: String
    /// What messages call the coordinator.
    public var coordinator: String

    /// A part with all its facts.
    public init(
      modality: Int, configuration: String, runDirectory: String, weights: String,
      coordinator: String
    ) {
      self.modality = modality
      self.configuration = configuration
      self.runDirectory = runDirectory
      self.weights = weights
      self.coordinator = coordinator
    }
  }

  /// Nothing to do: what an assignment is read into.
  public init() { self = .dismissed }
}

extension Assignment: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.assignment

  /// Whether there is work, then the work.
  public mutating func layout(_ fields: Fields) throws {
    var work = Work(modality: -1, configuration: "", runDirectory: "", weights: "", coordinator: "")
    if case .work(let given) = self { work = given }
    try fields.field(&work.modality)
    guard work.modality >= 0 else { return self = .dismissed }
    try fields.field(&work.configuration)
    try fields.field(&work.runDirectory)
    try fields.field(&work.weights)
    try fields.field(&work.coordinator)
    self = .work(work)
  }
}
