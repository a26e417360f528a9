import Coordinator
import Exchange
import Runs
import Storage
import Tensors

/// Nobody reads on: `head` has seen enough.
private struct ReaderGone: Error {}

/// What `predict` does: asks a model, and writes what it says.
public struct PredictionTask: Sendable {
  /// How predictions are written.
  public struct Output: Sendable {
    /// Where they go; nil: to standard output.
    public var path: String?
    /// In which form; nil: as the name of the file says, else CSV; of one sample in a terminal, a table.
    public var format: PredictionFormat?
    /// So many classes with the highest probabilities; nil: all.
    public var top: Int?
    /// Whether each modality's logits are written too.
    public var writesLogits = false

    /// All classes as CSV, to standard output.
    public init() {}

    /// The form that the name of the file says.
    fileprivate var named: PredictionFormat {
      format ?? (path?.hasSuffix(".jsonl") == true ? .jsonl : .csv)
    }
  }

  private let model: SavedModel
  private let request: SampleRequest
  private let output: Output

  /// A task; throws where the model cannot be asked this.
  public init(_ model: SavedModel, _ request: SampleRequest, _ output: Output) throws {
    (self.model, self.request, self.output) = (model, request, output)
    try request.check(model)
    if let path = output.path { try OutputFile.check(path) }
  }

  /// Does it in this process.
  public func run() throws {
    let predictor = try Predictor(model)
    try write(predictor.stream(of: request), areTogether: false)
  }

  /// Does it with the modalities on their ranks, each of which reads the samples of its own host.
  public func run(on endpoint: Endpoint, host: String) throws {
    let configuration = model.configuration
    let layout = RankLayout(ranksPerModality: configuration.modalities.map(\.ranks))
    guard endpoint.worldSize >= layout.size else {
      throw CoordinatorError.wrongRankCount(
        found: endpoint.worldSize, needed: layout.size, modalities: configuration.modalities.count)
    }
    Products.current = configuration.execution.products
    endpoint.deadline = .seconds(configuration.execution.deadlineSeconds)
    endpoint.dependants = Array(1..<max(1, endpoint.worldSize))
    let fusion = try ModelFusion(
      configuration, savedIn: model.weights, pool: model.pool)
    var supplies: [RemoteSupply?] = []
    for (modality, input) in request.inputs(of: configuration).enumerated() {
      guard let input else {
        supplies.append(nil)
        continue
      }
      let rank = layout.leaders[modality]
      endpoint.describe(rank, as: "modality \(configuration.modalities[modality].name)")
      var part = Assignment.Prediction()
      part.modality = modality
      part.configuration = configuration.yaml
      part.weights = model.weights(of: modality)
      (part.sampleShape, part.capacity) = (
        model.sampleShapes[modality], model.capacities[modality]
      )
      part.name(input)
      part.leavesBroken = request.leavesBroken
      part.coordinator = "coordinator, host \(host)"
      supplies.append(
        try RemoteSupply(
          part, to: rank, of: endpoint, chunkSize: configuration.evaluation.batchSize))
    }
    try write(PredictionStream(supplies, fusion: fusion, of: configuration), areTogether: true)
  }

  private func write(_ stream: PredictionStream, areTogether: Bool) throws {
    let console = Console.aside
    (model.warnings + stream.join.warnings).forEach(console.warn)
    let names = model.configuration.modalities.map(\.name)
    let isTable = output.path == nil && output.format == nil && request.isSingle
    if isTable, Terminal.output.width != nil {
      return try stream.run { samples, unread in
        unread.forEach { console.warn($0.sentence) }
        for sample in samples { PredictionTable.say(sample, of: model.configuration, output.top) }
      }
    }
    let lines = PredictionLines(
      output.named, top: output.top, writesLogits: output.writesLogits,
      classes: model.configuration.classes, modalities: names)
    let sink = try output.path.map { try LineStream($0) } ?? LineStream()
    var progress = PredictionProgress(count: stream.join.ids.count, modalities: names)
    var (isRead, unreadCount) = (true, 0)
    var text = lines.header.map { $0 + "\n" } ?? ""
    do {
      try stream.run { samples, unread in
        unread.forEach { console.warn($0.sentence) }
        unreadCount += unread.count
        let began = ContinuousClock.now
        for sample in samples { text += lines.line(sample) + "\n" }
        if isRead { isRead = try sink.write(text) }
        // Ranks go on to the end, which they alone know.
        guard isRead || areTogether else { throw ReaderGone() }
        text = ""
        progress.writing += began.duration(to: .now).seconds
        let line = progress.add(samples.count)
        // Lines of predictions and one that is replaced would stand in each other's way.
        if let line, output.path != nil || Terminal.output.width == nil { console.update(line) }
      }
    } catch is ReaderGone {
      return
    }
    guard !request.isSingle else { return }
    console.say(progress.summary(stream.costs, areTogether: areTogether))
    if unreadCount > 0 {
      console.warn(
        "\(counted(unreadCount, "file or row")) could not be read, and those samples were predicted without them"
      )
    }
  }
}

extension PredictionStream.Unread {
  /// What is said of it.
  fileprivate var sentence: String {
    "sample '\(id.legible())' is without \(modality): \(problem)"
  }
}
