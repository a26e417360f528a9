import ArgumentParser
import Configuration
import Datasets
import MLA
import MPI
import Prediction
import Runs
import Storage

/// Options of `predict`.
struct PredictOptions: LaunchedOptions {
  @Argument(help: "The folder of a run.", completion: .directory)
  var model: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: .init(
      "Samples of a modality: a manifest, a folder of files, a .npy or .npz:name array, an IDX file. May be repeated.",
      valueName: "name=path"))
  var data: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: .init(
      "The ids of an array's rows: a file with one a line, or a CSV file with columns id,index.",
      valueName: "name=file"))
  var ids: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: .init(
      "One sample's file, or text, of a modality. May be repeated.", valueName: "name=value"))
  var input: [String] = []

  @Option(help: .init("One sample's sound.", valueName: "file"), completion: .file())
  var audio: String?
  @Option(help: .init("One sample's picture.", valueName: "file"), completion: .file())
  var image: String?
  @Option(
    help: .init("One sample's film, or folder of frames.", valueName: "file"),
    completion: .file())
  var video: String?
  @Option(
    parsing: .unconditional,
    help: .init("One sample's text.", valueName: "text"))
  var text: String?

  @Option(
    help: .init(
      "What relative paths in manifests start from; a manifest's own folder if not given.",
      valueName: "dir"), completion: .directory)
  var root: String?

  @Option(
    help: .init("The fusion; the run's own if not given.", valueName: "kind"))
  var fusion: FusionKind?

  @Option(help: .init("Write the K most probable classes, not all.", valueName: "k"))
  var top: Int?

  @Flag(help: "Write each modality's logits too.")
  var logits = false

  @Option(
    help: .init(
      "csv or jsonl; as the name of the output says if not given.", valueName: "format"))
  var format: PredictionFormat?

  @Option(
    help: .init("Write to this file; to standard output if not given.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: .init(
      "What becomes of samples that cannot be read: stop, or leave them without that modality.",
      valueName: "what"))
  var onBroken: BrokenSamples = .stop

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: .init(
      "Overrides one key of the run's configuration. May be repeated.", valueName: "key=value"))
  var overrides: [String] = []

  @Flag(
    help: "All modalities inside this process, without MPI, as for one sample.")
  var oneProcess = false

  /// What becomes of samples that cannot be read.
  enum BrokenSamples: String, ExpressibleByArgument, CaseIterable {
    case stop, leave
  }

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top: found \(top), expected at least 1") }
    for (option, words) in [("--data", data), ("--ids", ids), ("--input", input)] {
      for word in words where Self.parts(of: word) == nil {
        throw ValidationError(
          "\(option): found '\(word.legible())', expected the name of a modality, '=' and a value")
      }
    }
    let named = ids.compactMap { Self.parts(of: $0)?.name }
    if let twice = named.indices.first(where: { named[..<$0].contains(named[$0]) }) {
      throw ValidationError("--ids: found '\(named[twice].legible())' twice, expected it once")
    }
  }

  private static func parts(of word: String) -> (name: String, value: String)? {
    guard let place = word.firstIndex(of: "="), place != word.startIndex else { return nil }
    let value = String(word[word.index(after: place)...])
    return value.isEmpty ? nil : (String(word[..<place]), value)
  }

  /// Whether one sample is named.
  private var isSingle: Bool {
    !input.isEmpty || [audio, image, video, text].contains { $0 != nil }
  }

  /// Whether all is done in one process: where that is asked for, or for one sample, unless ranks are there.
  var isInOneProcess: Bool { oneProcess || isSingle && !MPIWorld.isLaunched }

  /// The model that is asked.
  func load() throws -> SavedModel {
    try NamedPath.check(model, of: "RUN")
    return try SavedModel(model, fusion: fusion, overrides: overrides)
  }

  /// What it is asked.
  func request(of configuration: RunConfiguration) throws -> SampleRequest {
    var request = SampleRequest()
    request.leavesBroken = onBroken == .leave
    var named = Dictionary(ids.compactMap(Self.parts)) { first, _ in first }
    for (name, path) in data.compactMap(Self.parts) {
      try NamedPath.check(path, of: "--data")
      let ids = named.removeValue(forKey: name)
      try request.add(
        .listed(
          path: path.absolutePath(), ids: ids.map { try $0.absolutePath() },
          root: root.map { try $0.absolutePath() }), for: name)
    }
    if let name = named.keys.sorted().first { throw PredictionError.idsWithoutSamples(name) }
    for (name, value) in input.compactMap(Self.parts) {
      let isText = configuration.modalities.contains {
        if case .text(let options) = $0.source {
          $0.name == name && !options.areFiles
        } else {
          false
        }
      }
      try request.add(isText ? .text(value) : .file(value.absolutePath()), for: name)
    }
    let files = [
      ("--audio", "audio", audio), ("--image", "images", image), ("--video", "video", video),
    ]
    for (option, kind, path) in files {
      guard let path else { continue }
      try NamedPath.check(path, of: option)
      try add(.file(path.absolutePath()), option, kind, to: &request, configuration)
    }
    if let text { try add(.text(text), "--text", "text", to: &request, configuration) }
    return request
  }

  /// Adds a sample for the one modality of a kind.
  private func add(
    _ input: UnlabelledInput, _ option: String, _ kind: String,
    to request: inout SampleRequest, _ configuration: RunConfiguration
  ) throws {
    let fitting = configuration.modalities.filter { $0.source.kind == kind }.map(\.name)
    guard fitting.count == 1 else {
      throw PredictionError.noOneModality(option: option, kind: kind, modalities: fitting)
    }
    try request.add(input, for: fitting[0])
  }

  /// The whole task, checked as far as that is possible without work.
  func task(of model: SavedModel) throws -> PredictionTask {
    if let output { try NamedPath.check(output, of: "--output") }
    var form = PredictionTask.Output()
    (form.path, form.format, form.top, form.writesLogits) = (output, format, top, logits)
    return try PredictionTask(model, request(of: model.configuration), form)
  }

  func plan(_ start: LaunchPlan.Start) throws -> LaunchPlan {
    let model = try load()
    _ = try task(of: model)
    let configuration = model.configuration
    return LaunchPlan(
      ranks: configuration.rankCount, inOneProcess: isInOneProcess, start: start,
      threads: configuration.execution.threads)
  }
}

extension PredictionFormat: ExpressibleByArgument {}

extension SourceOptions {
  /// What a configuration calls the kind of data.
  fileprivate var kind: String {
    switch self {
    case .synthetic: "synthetic"
    case .arrays: "arrays"
    case .audio: "audio"
    case .images: "images"
    case .video: "video"
    case .idx: "idx"
    case .text: "text"
    }
  }
}
