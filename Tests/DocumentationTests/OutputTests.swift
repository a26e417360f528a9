import Foundation
import TestSupport
import Testing

/// docs/outputs.md names every key and column that runs write, and no other.
@Suite struct OutputTests {
  @Test func `the documented keys and columns are those that a run writes`() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("antiphon-outputs-\(UInt64.random(in: 0 ... .max))").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let configuration = "\(folder)/tiny.yaml"
    try Self.tiny.write(toFile: configuration, atomically: true, encoding: .utf8)

    let training = try await MPIRun.alone(
      "antiphon",
      ["train", configuration, "--seeds", "4", "--output", "\(folder)/run", "--one-process"])
    try #require(training.status == 0, "\(training)")
    let run = "\(folder)/run/seed-4"
    let evaluation = try await MPIRun.alone(
      "antiphon", ["evaluate", run, "--csv", "\(folder)/predictions.csv", "--one-process"])
    try #require(evaluation.status == 0, "\(evaluation)")

    let outputs = try Document("docs/outputs.md")
    func expectKeys(of file: String, _ heading: String) throws {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let found = try Self.keys(inJSON: text)
      let documented = outputs.keys(below: heading)
      #expect(found.subtracting(documented) == [], "written, but not in the table of \(heading)")
      #expect(documented.subtracting(found) == [], "in the table of \(heading), but not written")
    }
    try expectKeys(of: "\(run)/summary.json", "`summary.json`")
    try expectKeys(of: "\(folder)/run/summary.json", "`summary.json` above several seeds")
    try expectKeys(of: "\(folder)/run/seeds.json", "`seeds.json`")
    try expectKeys(of: "\(run)/metrics.jsonl", "`metrics.jsonl`")
    try expectKeys(of: "\(run)/environment.json", "`environment.json`")
    try expectKeys(of: "\(run)/evaluation.json", "`evaluation.json`")
    try expectKeys(of: "\(run)/fusion.json", "`fusion.json`")
    try expectKeys(of: "\(run)/model.json", "`model.json` and `weights/`")

    let files = Document.codes(outputs.text.replacing("```", with: ""))
    let weights = try Self.names("\(run)/weights").map { "weights/\($0)" }
    for file in try [run, "\(folder)/run", "\(run)/\(weights[0])"].flatMap(Self.names) {
      let name = file.replacing(#/\.(strong|weak)\./#, with: ".NAME.")
      #expect(
        file == "seed-4" || files.contains { $0 == name || $0 == "\(name)/" },
        "\(file) is not documented")
    }
    let classes = try Self.firstLine("\(run)/classes.csv")
    #expect(Document.codes(outputs.section("`classes.csv`").joined()).first == classes)
    let columns = Document.codes(outputs.section("The CSV of `evaluate --csv`").joined())
    let expected =
      [columns[0]] + ["strong", "weak"].map { columns[1].replacing("NAME", with: $0) }
    #expect(expected.joined(separator: ",") == (try Self.firstLine("\(folder)/predictions.csv")))

    let sample = NPYWriter.bytes([Float](repeating: 0, count: 200), shape: [1, 200])
    try NPYWriter.write(sample, to: "\(folder)/sample.npy")
    let prediction = try await MPIRun.alone(
      "antiphon", ["predict", run, "--input", "strong=\(folder)/sample.npy"])
    #expect(prediction.status == 0, "\(prediction)")
    let written = Document.codes(
      try Document("docs/predict.md").section("What is written").joined())[0].split(separator: ",")
      .map(String.init)
    let predicted = written.flatMap { column -> [String] in
      column.hasSuffix(".CLASS")
        ? (0..<6).map { column.replacing("CLASS", with: "\($0)") }
        : [column]
    }
    let own = predicted.filter { !$0.hasPrefix("NAME.") }
    let each = predicted.filter { $0.hasPrefix("NAME.") }
    let header =
      own + ["strong", "weak"].flatMap { name in each.map { $0.replacing("NAME", with: name) } }
    #expect(prediction.output.prefix { $0 != "\n" } == header.joined(separator: ","))
  }

  private static let tiny = """
    classes: 6
    epochs: 1
    data: {validation: 0.2}
    selection: {keep: best}
    modalities:
      strong: {data: {kind: synthetic, component: strong}}
      weak: {data: {kind: synthetic, component: weak}}
    """

  private static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  private static func firstLine(_ path: String) throws -> String {
    String(try String(contentsOfFile: path, encoding: .utf8).prefix { $0 != "\n" })
  }

  /// Whether what stands there has keys of its own, which are not listed: variables, or those of a configuration.
  private static func isOpen(_ path: String) -> Bool {
    ["variables", "modalities.NAME.encoder", "modalities.NAME.preprocessing"].contains(path)
  }

  /// The paths of all values, with what differs from run to run replaced by a placeholder.
  private static func keys(inJSON text: String) throws -> Set<String> {
    var keys: Set<String> = []
    func visit(_ value: Any, _ path: String) {
      let last = path.split(separator: ".").last.map(String.init) ?? ""
      let isVariable =
        [
          "fused", "modalities", "training", "waited_seconds", "data_wait", "skipped", "ranks",
          "learning_rate",
        ].contains(last) && [last, "validation.\(last)"].contains(path)
      let placeholder = last == "fused" ? "KIND" : last == "ranks" ? "N" : "NAME"
      switch value {
      case let members as [String: Any] where !isOpen(path):
        for (key, member) in members {
          let isNamed = isVariable && (last != "learning_rate" || key != "head")
          visit(member, (path.isEmpty ? "" : "\(path).") + (isNamed ? placeholder : key))
        }
      case let elements as [Any]:
        for element in elements { visit(element, "\(path)[]") }
      default: keys.insert(path)
      }
    }
    visit(try JSONSerialization.jsonObject(with: Data(text.utf8)), "")
    return keys
  }
}
