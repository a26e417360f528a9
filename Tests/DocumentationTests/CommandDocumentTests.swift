import Foundation
import TestSupport
import Testing

/// What the documents tell people to type is what the program takes.
@Suite struct CommandDocumentTests {
  /// The options of each command, as the manual has them.
  private static func manual() async throws -> [String: Set<String>] {
    let outcome = try await MPIRun.alone("antiphon", ["manual"])
    try #require(outcome.status == 0, "\(outcome)")
    var options: [String: Set<String>] = [:]
    var command = ""
    for line in outcome.output.replacing("\\-", with: "-").split(separator: "\n") {
      if line.hasPrefix(".SS ") {
        command = String(line.dropFirst(4).prefix { $0 != " " })
        if options[command] == nil { options[command] = [] }
      } else if line.hasPrefix(".SH ") {
        command = String(line.dropFirst(4))
      }
      guard line.hasPrefix(".B ") else { continue }
      for match in line.matches(of: /--[a-z][a-z-]*/) {
        options[command, default: []].insert(String(match.output))
      }
    }
    return options
  }

  /// What the script hands on to mpirun, or reads itself, whatever the command.
  private static let ofTheScript: Set = [
    "--dry-run", "--hostfile", "--mpi", "--start-limit", "--max-restarts", "--help", "--filter",
    "--trials", "--methods", "--seed",
  ]

  /// The lines of a document that begin with the script: command and options.
  private static func lines(of text: String) -> [(command: String, options: [String])] {
    text.split(separator: "\n").compactMap { line in
      guard let match = line.firstMatch(of: /^(?:\$ )?\.\/launch ([a-z]+)([^#>]*)/) else {
        return nil
      }
      let options = match.output.2.matches(of: /(?:^| )(--[a-z][a-z-]*)/).map {
        String($0.output.1)
      }
      return (String(match.output.1), options)
    }
  }

  @Test func `every command line of the documents names a command and options that are there`()
    async throws
  {
    let manual = try await Self.manual()
    try #require(manual.count > 15, "the manual is not read rightly")
    let documents =
      try FileManager.default.contentsOfDirectory(
        atPath: Document.root.appendingPathComponent("docs").path
      ).filter { $0.hasSuffix(".md") }.map { "docs/\($0)" } + ["README.md", "CONTRIBUTING.md"]
    var count = 0
    for path in documents.sorted() {
      for (command, options) in Self.lines(of: try Document(path).text) {
        count += 1
        let known = manual[command]
        #expect(known != nil, "\(path): there is no command '\(command)'")
        for option in options where !Self.ofTheScript.contains(option) {
          #expect(known?.contains(option) == true, "\(path): \(command) has no \(option)")
        }
      }
    }
    #expect(count > 40, "the documents are not read rightly")
  }

  @Test func `the README's table has every command, and no other`() async throws {
    let manual = try await Self.manual()
    let rows = try Document("README.md").tableRows(below: "Commands")
    var listed: Set<String> = []
    for row in rows {
      // The first stands behind the script, the others alone: `./launch evaluate RUN`, `predict RUN`.
      for code in Document.codes(row[0]) where code != "RUN" {
        let words = code.split(separator: " ").filter { $0 != "./launch" }
        if let name = words.first { listed.insert(String(name)) }
      }
    }
    // `scale` starts `cycles`.
    let commands = Set(manual.keys.filter { $0.first?.isLowercase == true }).subtracting(["cycles"])
    #expect(listed == commands)
  }
}
