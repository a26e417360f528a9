import Configuration
import Runs
import Storage

/// What a run has left, read for people: as much as is there, of this version or another, over or not.
struct RunRecord: Sendable {
  /// How far the run is.
  enum State: Sendable, Equatable {
    /// All that was asked for is done.
    case over
    /// A process has its folder.
    case running(String)
    /// It ended before its time.
    case cut
  }

  /// The folder, absolute.
  let folder: String
  /// How far it is.
  let state: State
  /// The resolved configuration; nil: it cannot be read.
  let configuration: RunConfiguration?
  /// The same as it is written.
  let configurationText: String?
  /// The epochs, in their order.
  let epochs: [EpochLine]
  /// `summary.json`; nil: the run is not over.
  let summary: JSONValue?
  /// `environment.json`.
  let environment: JSONValue?
  /// `evaluation.json`.
  let evaluation: EvaluationRecord?
  /// The fusion that was fitted.
  let fusion: JSONValue?
  /// The rows of `classes.csv`.
  let classRows: [ClassRow]
  /// What could not be read, a sentence each.
  let problems: [String]

  /// One row of `classes.csv`.
  struct ClassRow: Sendable {
    let predictor: String
    let name: String
    let support: Int
    let precision, recall, f1: Double
  }

  /// Reads the folder of a run.
  ///
  /// - Throws: `FileError` where no run is in it.
  init(of folder: String) throws {
    let directory = try RunDirectory(existing: folder)
    var problems: [String] = []
    func found<Content>(_ body: () throws -> Content?) -> Content? {
      do {
        return try body()
      } catch {
        problems.append("\(error)")
        return nil
      }
    }
    guard Self.isRun(directory.path) else {
      throw FileError(
        folder,
        "found no metrics.jsonl, expected the folder of a run; name one, such as a folder below runs/"
      )
    }
    self.folder = directory.path
    configurationText = found {
      try FolderFile(path: directory.configuration).bytes().map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    configuration = configurationText.flatMap { text in
      found { try RunConfiguration.parse(text, file: directory.configuration, baseDirectory: nil) }
    }
    let lines = found { try FolderFile(path: directory.metrics).jsonLines() }
    if let unread = lines?.unreadCount, unread > 0 {
      problems.append(
        "metrics.jsonl: \(counted(unread, "line")) cannot be read, and \(unread == 1 ? "is" : "are") left out"
      )
    }
    epochs = (lines?.values ?? []).compactMap(EpochLine.init).sorted { $0.epoch < $1.epoch }
    summary = found { try FolderFile(path: directory.summary).json() }
    environment = found { try FolderFile(path: directory.environment).json() }
    fusion = found { try FolderFile(path: directory.fusion).json() }
    evaluation = found { try FolderFile(path: directory.evaluation).json() }
      .map(EvaluationRecord.init)
    classRows =
      found {
        try FolderFile(path: directory.classes).bytes().map { ClassRow.rows(of: $0) }
      } ?? []
    state =
      switch FolderHolder(of: directory.path) {
      case .process(let who, _) where summary == nil: .running(who)
      default: summary == nil ? .cut : .over
      }
    self.problems = problems
  }

  /// Whether a folder has what a run begins with.
  static func isRun(_ folder: String) -> Bool {
    FolderFile(path: "\(folder)/metrics.jsonl").isThere
  }
}

extension RunRecord {
  /// The name of the folder.
  var name: String { folder.split(separator: "/").last.map(String.init) ?? folder }

  /// The modalities: in the order of the configuration where that is known.
  var modalities: [String] {
    if let configuration { return configuration.modalities.map(\.name) }
    if let known = evaluation?.modalities, !known.isEmpty { return known }
    let told = epochs.reduce(into: Set<String>()) {
      $0.formUnion($1.modalities.keys)
      $0.formUnion($1.waited.keys)
    }
    return told.union((summary?["modalities"]?.members ?? [:]).keys).sorted()
  }

  /// The names of the classes; empty: they are not known.
  var classes: [String] { configuration?.classes ?? [] }

  /// The method.
  var method: String? { configuration?.method.kind ?? summary?["method"]?.text }

  /// The seed, as it is written.
  var seed: String? {
    if let configuration { return "\(configuration.seed)" }
    return summary?["seed"]?.quantity.map { "\(Int(exactly: $0) ?? 0)" }
  }

  /// The epochs that were asked for.
  var epochsAsked: Int? { configuration?.epochs }

  /// The fusion whose accuracy is followed epoch by epoch: one that is fitted at the end has none before.
  var followed: String? {
    let evaluated = epochs.filter { !$0.fused.isEmpty }
    func count(_ kind: String) -> Int { evaluated.count { $0.fused[kind] != nil } }
    if let primary, count(primary) * 2 >= evaluated.count { return primary }
    return count("average_logits") > 0 ? "average_logits" : primary
  }

  /// The name of the prediction that results are told of: the fusion of the configuration, or what is in its place.
  var primary: String? {
    if let fused = evaluation?.fused?.name { return fused }
    let names = summary?["fused"]?.members ?? [:]
    let told = Set(names.keys).union(epochs.last { !$0.fused.isEmpty }?.fused.keys ?? [:].keys)
    // The model's own prediction comes first, as in the tables of the run.
    if told.contains("joint") { return "joint" }
    let wanted = [summary?["fusion"]?.text, configuration?.fusion.kind.rawValue].compactMap { $0 }
    return (wanted + ["average_logits"]).first(where: told.contains) ?? told.sorted().first
  }
}
