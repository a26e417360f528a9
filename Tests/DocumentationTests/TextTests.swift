import Configuration
import Foundation
import Testing

/// What the documents say of the code is so.
@Suite struct TextTests {
  @Test func `the method that the documents add is the one that is tested`() throws {
    let document = try Document("docs/adding-a-method.md")
    let blocks = document.blocks("swift")
    let names = ["RoundTraining", "RoundSteps", "RoundService"]
    let files = try (names + ["RoundTrainingTests"]).map {
      try Document("Tests/MethodsTests/Example/\($0).swift").text
    }
    try #require(blocks.count == 5)
    #expect(Array(blocks[..<3]) == Array(files[..<3]) && blocks[4] == files[3])
    // The line is one of the same form as those of the list.
    let line = blocks[3].replacing("\n", with: "")
    let list = try Document("Sources/Methods/MethodList.swift").text
    #expect(list.contains("    " + line.replacing("RoundTraining", with: "SeparateTraining")))
    for path in ["README.md", "CONTRIBUTING.md", "docs/architecture.md"] {
      #expect(try Document(path).text.contains("adding-a-method.md"), "\(path)")
    }
  }

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
    let builder = try Document("Sources/Networks/Encoders/CNN/LayerBuilder+CNN.swift").text
    let like = line.replacing("scale", with: "relu").replacing("Scale", with: "ReLU")
    #expect(builder.contains(like))
    for path in ["README.md", "CONTRIBUTING.md", "docs/architecture.md"] {
      #expect(try Document(path).text.contains("adding-a-layer.md"), "\(path)")
    }
  }

  @Test func `files and folders that the architecture names are there`() throws {
    let paths = try ["Sources", "Tests"].flatMap { folder in
      try FileManager.default.subpathsOfDirectory(
        atPath: Document.root.appendingPathComponent(folder).path
      ).map { "/\(folder)/\($0)" }
    }
    let text = try Document("docs/architecture.md").text
    let names = Document.codes(text).filter {
      $0.contains(/^[A-Z][\w+.\/-]*(\.swift|\.c|\.h|\/)$/) && $0 != "Package.swift"
    }
    #expect(names.count > 40, "the document is not read rightly")
    for name in names {
      let ending = "/" + (name.hasSuffix("/") ? String(name.dropLast()) : name)
      #expect(paths.contains { $0.hasSuffix(ending) }, "there is no \(name)")
    }
  }

  @Test func `the table of messages is that of the code`() throws {
    let files =
      SwiftText.files(below: "Sources/Exchange") + SwiftText.files(below: "Sources/Methods")
    let kinds = try files.flatMap { file in
      try Document(file.path).text.matches(of: /MessageKind\(\d+, "(\w+)"/).map {
        String($0.output.1)
      }
    }
    let rows = try Document("docs/architecture.md").tableRows(below: "Messages")
    #expect(kinds.count > 10, "the list of kinds is not read rightly")
    #expect(Set(rows.flatMap { Document.codes($0[0]) }) == Set(kinds))
  }
}
