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

  @Test func `the layer that the documents add is the one that is tested`() throws {
    let document = try Document("docs/adding-a-layer.md")
    let blocks = document.blocks("swift")
    let files = try ["ScaleLayer", "ScaleLayerTests"].map {
      try Document("Tests/NetworksTests/Example/\($0).swift").text
    }
    #expect(blocks.count == 3 && Array(blocks.prefix(2)) == files)
    // The line is one of the same form as those of the encoders.
    let line = try #require(blocks.last).replacing("\n", with: "")
    let builder = try Document("Sources/Networks/Encoders/EncoderArchitecture+Encoder.swift").text
    let like = line.replacing("scale", with: "relu").replacing("Scale", with: "ReLU")
    #expect(builder.contains(like))
    for path in ["README.md", "CONTRIBUTING.md", "docs/architecture.md"] {
      #expect(try Document(path).text.contains("adding-a-layer.md"), "\(path)")
    }
  }

  @Test func `the table of messages is that of the code`() throws {
    let kinds = try Document("Sources/Exchange/Messages/MessageKind.swift").text
      .matches(of: /\n  case (\w+)/).map { String($0.output.1) }
    let rows = try Document("docs/architecture.md").tableRows(below: "Messages")
    #expect(kinds.count > 10, "the list of kinds is not read rightly")
    #expect(Set(rows.flatMap { Document.codes($0[0]) }) == Set(kinds))
  }
}
