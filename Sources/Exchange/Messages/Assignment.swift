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

  /// Sends the assignment to a rank.
  public func send(over endpoint: Endpoint, to rank: Int) throws {
    let frame = endpoint.frame(.assignment)
    if case .work(let work) = self {
      frame.append(work.modality)
      frame.append(work.configuration)
      frame.append(work.runDirectory)
      frame.append(work.weights)
      frame.append(work.coordinator)
    } else {
      frame.append(-1)
    }
    try endpoint.send(frame, to: rank)
  }

  /// Waits for an assignment.
  public static func receive(over endpoint: Endpoint, from rank: Int) throws -> Assignment {
    try endpoint.receive(.assignment, from: rank) { frame in
      let modality = try frame.read(Int.self)
      guard modality >= 0 else { return .dismissed }
      return .work(
        try Work(
          modality: modality, configuration: frame.readText(), runDirectory: frame.readText(),
          weights: frame.readText(), coordinator: frame.readText()))
    }
  }
}
