import Configuration
import Foundation
import Networks
import Tensors
import Testing

/// What the documents say of encoders is what the encoders are.
@Suite struct EncoderDocumentTests {
  @Test func `the documented parameter counts are those of the encoders`() throws {
    let rows = try Document("docs/encoders.md").tableRows(below: "Parameter counts")
    #expect(rows.count > 10, "the table is not read rightly")
    for row in rows {
      let encoder = try Self.architecture(Document.codes(row[0]).joined())
      let axes = Document.codes(row[1]).joined().split(separator: " x ").map { Int($0) }
      let shape = Shape(try axes.map { try #require($0) })
      let features = try #require(Int(row[2]))
      let count = try encoder.parameterCounts(inputShape: shape, features: features).reduce(0, +)
      #expect(row[3] == Self.grouped(count), "\(row[0]), \(row[1])")
    }
  }

  @Test func `the readme's parameter counts are those of the documented encoders`() throws {
    let documented = try Document("docs/encoders.md").tableRows(below: "Parameter counts")
      .map { $0[3] }
    let rounded = documented.map { count in
      let tenths = ((Int(count.replacing(",", with: "")) ?? 0) + 50_000) / 100_000
      return "\(tenths / 10).\(tenths % 10) M"
    }
    let rows = try Document("README.md").tableRows(below: "Encoders")
    #expect(rows.count > 3, "the table is not read rightly")
    for row in rows {
      for count in row[3].components(separatedBy: " for ")[0].components(separatedBy: ", ") {
        #expect((documented + rounded).contains(count), "\(row[0])")
      }
    }
  }

  private static func architecture(_ encoder: String) throws -> EncoderArchitecture {
    let text = """
      classes: 2
      modalities:
        a: {data: {kind: synthetic}, encoder: \(encoder)}
      """
    return try RunConfiguration.parse(text, file: "docs/encoders.md", baseDirectory: "/")
      .modalities[0].encoder
  }

  /// The digits in groups of three, as the documents write them.
  private static func grouped(_ count: Int) -> String {
    let digits = String(count)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
