import Configuration
import Coordinator
import Foundation
import Storage

extension ModelDescription {
  /// The model of a run.
  ///
  /// - Throws: `RunError.noModel` where none was saved, `RunError.unreadable` where the file is not
  ///   what this build writes.
  package init(of run: RunDirectory) throws {
    let bytes = try Self.bytes(of: run)
    guard let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(bytes))
    else {
      throw RunError.unreadable(
        file: run.model, problem: "is not a model description; was it written by hand?")
    }
    func value<Value>(
      _ key: Key, _ expected: String, _ read: (JSONValue) -> Value?
    ) throws -> Value {
      if let value = members[key.rawValue].flatMap(read) { return value }
      let found = try members[key.rawValue]?.text(pretty: false).legible() ?? "nothing"
      throw Self.misfit(key, "\(found), expected \(expected)", of: run)
    }
    let format = try value(.format, "a whole number", Self.integer)
    guard (1...Self.currentFormat).contains(format) else {
      throw RunError.unreadable(
        file: run.model,
        problem:
          "has format \(format), but this build reads formats 1 to \(Self.currentFormat)")
    }
    try Self.checkKeys(members.keys.sorted(), of: run)
    let weights = try value(.weights, Self.weightsFolder) {
      if case .text(let text) = $0, Self.isName(text) { text } else { nil }
    }
    try Self.check(weights, of: run)
    _ = try value(.configuration, "\"\(Self.configuration)\"") {
      if case .text(Self.configuration) = $0 { Self.configuration } else { nil }
    }
    let position = RunPosition(
      epoch: try value(.epochs, "a whole number", Self.integer),
      cycle: members[Key.cycles.rawValue] == nil
        ? 0
        : try value(.cycles, "a whole number above 0") { value in
          Self.integer(value).flatMap { $0 > 0 ? $0 : nil }
        })
    let sampleShapes = try value(
      .sampleShapes, "a list of axes for each modality", Self.shapes)
    let whole =
      format == 1
      ? nil
      : Whole(
        classes: try value(.classes, "the names of the classes") {
          Self.list($0) { if case .text(let name) = $0 { name } else { nil } }
        },
        capacities: try value(.modalities, "a section for each modality", Self.capacities),
        validationCount: try value(.validationCount, "a whole number", Self.integer))
    self.init(weights: weights, position: position, sampleShapes: sampleShapes, whole: whole)
  }

  /// The model of a run, checked against the run's configuration.
  package init(of run: RunDirectory, for configuration: RunConfiguration) throws {
    let read = try ModelDescription(of: run)
    try read.check(configuration, of: run)
    self = read
  }

  /// Throws where the run's configuration has another model.
  package func check(_ configuration: RunConfiguration, of run: RunDirectory) throws {
    let least = position.cycle > 0 ? 0 : 1
    guard position.epoch >= least else {
      throw Self.misfit(.epochs, "\(position.epoch), expected at least \(least)", of: run)
    }
    let names = configuration.modalities.map(\.name)
    guard sampleShapes.count == names.count else {
      throw Self.misfit(
        .sampleShapes,
        "\("\(sampleShapes)".legible()), expected the axes of each of \(names.listed)", of: run)
    }
    guard let whole else { return }
    if whole.classes != configuration.classes {
      throw Self.misfit(
        .classes,
        "\(quoted(whole.classes)), but \(Self.configuration) has \(quoted(configuration.classes)); put it back from a copy",
        of: run)
    }
    if let name = names.first(where: { whole.capacities[$0] == nil }) {
      throw Self.misfit(.modalities, "none of the name \(name), expected \(names.listed)", of: run)
    }
  }

  /// Throws where the data have other samples than those that the model was trained on.
  func check(_ modalities: [RunFacts.Modality], of run: RunDirectory) throws {
    for (modality, shape) in zip(modalities, sampleShapes) where modality.sampleShape != shape {
      throw Self.misfit(
        .sampleShapes,
        "\("\(shape)".legible()) for \(modality.name), but its samples are \(modality.sampleShape); evaluate a run on data like those it was trained on",
        of: run)
    }
  }

  /// A description has some thousand bytes, and the names of the classes; what is much larger is something else.
  private static let largest = 1 << 22

  /// What is in the file, which may be anything: a folder, a pipe, a video.
  private static func bytes(of run: RunDirectory) throws -> [UInt8] {
    let file = try ReadableFile(run.model) { problem in
      switch problem {
      case .unopened(ENOENT), .unopened(ENOTDIR): RunError.noModel(run.path)
      case .folder, .special:
        RunError.unreadable(
          file: run.model, problem: "is a folder or a device, expected a model description")
      case .unopened(let code), .unexamined(let code), .unread(let code):
        RunError.unreadable(
          file: run.model, problem: "cannot be read: \(FileError.reason(code))")
      case .tooLarge, .shrunk:
        RunError.unreadable(file: run.model, problem: "changed while it was read; try again")
      }
    }
    guard file.byteCount <= largest else {
      throw RunError.unreadable(
        file: run.model,
        problem: "has \(file.byteCount) bytes, expected a model description of some thousand")
    }
    return try file.take(file.byteCount)
  }

  /// Whether a text can be the name of a folder, as this program makes them.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text != "." && text.utf8.count <= 4095 && text.onOneLine() == text
  }

  private static let weightsFolder = "the folder of the weights below the run"

  private static func check(_ weights: String, of run: RunDirectory) throws {
    guard !weights.hasPrefix("/"), !weights.split(separator: "/").contains("..") else {
      throw RunError.unreadable(
        file: run.model, problem: "names weights outside of the run: '\(weights.legible())'")
    }
    // Where it is not here, it may be on the workers' hosts; they say what they miss.
    var isFolder: ObjCBool = true
    let isHere = FileManager.default.fileExists(
      atPath: run.below(weights), isDirectory: &isFolder)
    guard isFolder.boolValue || !isHere else {
      let problem = "\(quoted(weights)), which is no folder, expected \(weightsFolder)"
      throw misfit(.weights, problem, of: run)
    }
  }

  private static func checkKeys(_ found: [String], of run: RunDirectory) throws {
    let known = Key.allCases.map(\.rawValue)
    guard let key = found.first(where: { !known.contains($0) }) else { return }
    let hint =
      nearestName(to: key, among: known).map { "did you mean '\($0)'?" }
      ?? "expected \(known.listed)"
    throw RunError.unreadable(
      file: run.model, problem: "\(key.legible()): found a key that nobody reads, \(hint)")
  }

  private static func misfit(_ key: Key, _ problem: String, of run: RunDirectory) -> RunError {
    .unreadable(file: run.model, problem: "\(key.rawValue): found \(problem)")
  }

  private static func integer(_ value: JSONValue) -> Int? {
    if case .integer(let integer) = value { integer } else { nil }
  }

  /// The most samples of a forward pass, by modality.
  private static func capacities(_ value: JSONValue) -> [String: Int]? {
    guard case .object(let modalities) = value else { return nil }
    let found = modalities.compactMapValues { modality -> Int? in
      guard case .object(let members) = modality, let capacity = members[capacityKey] else {
        return nil
      }
      return integer(capacity).flatMap { 1...1 << 24 ~= $0 ? $0 : nil }
    }
    return found.count == modalities.count ? found : nil
  }

  private static func shapes(_ value: JSONValue) -> [[Int]]? {
    list(value) { shape in
      list(shape) { axis in integer(axis).flatMap { $0 > 0 ? $0 : nil } }
    }
  }

  /// The elements of a list; nil where it is none, or has an element that is not what it should be.
  private static func list<Element>(
    _ value: JSONValue, _ element: (JSONValue) -> Element?
  ) -> [Element]? {
    guard case .list(let values) = value else { return nil }
    let elements = values.compactMap(element)
    return elements.count == values.count ? elements : nil
  }
}
