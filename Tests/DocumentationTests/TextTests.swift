import Configuration
import Testing

/// What the documents say of the code is so.
@Suite struct TextTests {
  @Test(arguments: ["README.md", "docs/configuration.md", "docs/running-on-a-cluster.md"])
  func `configurations in the documents are accepted`(path: String) throws {
    for block in try Document(path).blocks("yaml") {
      #expect(throws: Never.self, "\(path):\n\(block)") {
        _ = try RunConfiguration.parse(block, file: path, baseDirectory: "/")
      }
    }
  }

  @Test func `the table of imports is that of the manifest`() throws {
    let documented = try Document("docs/architecture.md").tableRows(below: "Who may import whom")
    let manifest = try Document("Package.swift").text
    let target =
      #/
      (?:room|executableTarget) \( \s* (?:name:\s)? "(\w+)", \s*
      (?:imports|dependencies): \s* \[ ([^\]]*) \]
      /#
    let rooms = Dictionary(
      uniqueKeysWithValues: manifest.matches(of: target).map {
        (String($0.output.1), Self.names(String($0.output.2)))
      })
    #expect(rooms.count > 10, "the manifest is not read rightly")
    for row in documented {
      let room = row[0].replacing("`", with: "")
      #expect(Set(Document.codes(row[1])) == rooms[room], "\(room)")
    }
    #expect(Set(documented.map { $0[0].replacing("`", with: "") }) == Set(rooms.keys))
  }

  @Test func `the table of messages is that of the code`() throws {
    let kinds = try Document("Sources/Exchange/MessageKind.swift").text
      .matches(of: /\n  case (\w+)/).map { String($0.output.1) }
    let rows = try Document("docs/architecture.md").tableRows(below: "Messages")
    #expect(kinds.count > 10, "the list of kinds is not read rightly")
    #expect(Set(rows.flatMap { Document.codes($0[0]) }) == Set(kinds))
  }

  /// The targets of a list in the manifest; products have a constant each.
  private static func names(_ list: String) -> Set<String> {
    let constants = ["yams": "Yams", "arguments": "ArgumentParser"]
    let words = list.split { $0 == "," || $0.isWhitespace }.map(String.init)
    return Set(words.map { constants[$0] ?? $0.replacing("\"", with: "") })
  }
}
