/// What a rank is told to do: the first message of every conversation.
public enum Assignment: Sendable, Equatable {
  /// Take part in a run as the worker of one modality.
  case work(Work)
  /// Look whether this rank's part of a checkpoint is whole.
  case inspect(Part)
  /// Say what a modality's saved model makes of samples without labels.
  case predict(Prediction)
  /// Begin to record what is done from now on, or send what was recorded.
  case record(Recording)
  /// There is nothing more to do.
  case dismissed

  /// A worker's part of a run.
  public struct Work: Sendable, Equatable {
    /// The place of the modality in the configuration.
    public var modality: Int
    /// The rank's place among those that share the modality.
    public var place: GroupPlace
    /// The resolved configuration, as YAML.
    public var configuration: String
    /// The folder of the run, the same path on every host; empty: nothing is saved.
    public var runDirectory: String
    /// The saved weights to start from, a folder below `runDirectory`; empty: fresh weights.
    public var weights: String
    /// Whether the run is trained on from there, with all that a checkpoint remembers.
    public var isResumed: Bool
    /// Whether the modality is absent: this rank stands in for the one that has its data.
    public var isAbsent: Bool
    /// Whether nothing is trained: the rank only tells which of its samples are alike.
    public var isAudit: Bool
    /// The most samples of a forward pass of saved weights that only test samples are shown to: other samples
    /// are not opened; 0: all are.
    public var testCapacity: Int
    /// What messages call the coordinator.
    public var coordinator: String

    /// A part with all its facts.
    public init(
      modality: Int, place: GroupPlace, configuration: String, runDirectory: String,
      weights: String, isResumed: Bool = false, isAbsent: Bool = false, isAudit: Bool = false,
      testCapacity: Int = 0, coordinator: String
    ) {
      self.isAudit = isAudit
      self.testCapacity = testCapacity
      self.place = place
      self.isResumed = isResumed
      self.isAbsent = isAbsent
      self.modality = modality
      self.configuration = configuration
      self.runDirectory = runDirectory
      self.weights = weights
      self.coordinator = coordinator
    }
  }

  /// A part of a checkpoint of a run.
  public struct Part: Sendable, Equatable {
    /// The folder of the run, the same path on every host.
    public var runDirectory: String
    /// The checkpoint, a folder below it.
    public var folder: String
    /// What the rank wrote there.
    public var part: CheckpointPart
    /// The run's checkpoints; what is left of others goes.
    public var checkpoints: [String]

    /// A part with all its facts.
    public init(
      runDirectory: String, folder: String, part: CheckpointPart, checkpoints: [String]
    ) {
      (self.runDirectory, self.folder) = (runDirectory, folder)
      (self.part, self.checkpoints) = (part, checkpoints)
    }
  }

  /// How a rank records its work.
  public struct Recording: Sendable, Equatable {
    /// The room for spans; 0: recording ends.
    public var capacity: Int
    /// The coordinator's machine: whether clocks must be compared.
    public var machine: String

    /// An order with all its facts.
    public init(capacity: Int, machine: String) {
      (self.capacity, self.machine) = (capacity, machine)
    }
  }

  /// Nothing to do: what an assignment is read into.
  public init() { self = .dismissed }
}

extension Assignment: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.assignment

  /// What it is: the place of a modality, or below 0.
  private enum Code {
    static let dismissed = -1
    static let inspect = -2
    static let record = -3
    static let predict = -4
  }

  /// Whether there is work, then the work.
  public mutating func layout(_ fields: Fields) throws {
    var work = Work(
      modality: -1, place: .alone(0), configuration: "", runDirectory: "", weights: "",
      coordinator: "")
    var part = Part(runDirectory: "", folder: "", part: CheckpointPart(), checkpoints: [])
    var recording = Recording(capacity: 0, machine: "")
    var prediction = Prediction()
    var code = Code.dismissed
    switch self {
    case .work(let given): (work, code) = (given, given.modality)
    case .inspect(let given): (part, code) = (given, Code.inspect)
    case .record(let given): (recording, code) = (given, Code.record)
    case .predict(let given): (prediction, code) = (given, Code.predict)
    case .dismissed: break
    }
    try fields.field(&code)
    switch code {
    case 0...:
      work.modality = code
      try work.layoutPlace(fields)
      try fields.field(&work.configuration)
      try fields.field(&work.runDirectory)
      try fields.field(&work.weights)
      try fields.field(&work.isResumed)
      try fields.field(&work.isAbsent)
      try fields.field(&work.isAudit)
      try fields.field(&work.testCapacity)
      try fields.require(work.testCapacity >= 0)
      try fields.field(&work.coordinator)
      self = .work(work)
    case Code.inspect:
      try fields.field(&part.runDirectory)
      try fields.field(&part.folder)
      try part.part.layoutFiles(fields)
      try fields.field(&part.checkpoints)
      self = .inspect(part)
    case Code.record:
      try fields.field(&recording.capacity)
      try fields.field(&recording.machine)
      try fields.require(0...1 << 24 ~= recording.capacity)
      self = .record(recording)
    case Code.predict:
      try prediction.layout(fields)
      self = .predict(prediction)
    default: self = .dismissed
    }
  }
}

extension Assignment.Work {
  /// The first rank of the group, how many there are, and which this is.
  fileprivate mutating func layoutPlace(_ fields: Fields) throws {
    var (first, count, index) = (place.leader, place.ranks.count, place.index)
    try fields.field(&first)
    try fields.field(&count)
    try fields.field(&index)
    try fields.require(first >= 0 && count < .max - first && index >= 0 && index < count)
    place = GroupPlace(ranks: first..<first + count, index: index)
  }
}
