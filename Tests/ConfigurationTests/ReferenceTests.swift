import Glibc
import Testing

@testable import Configuration

/// The reference is written from the same tables that files are read by.
@Suite struct ReferenceTests {
  private let tables = RunSchema.run.tables(
    .init(), RunConfiguration(classes: ["0", "1"], modalities: []))

  @Test func `the reference has every key with its default`() throws {
    let reference = try ConfigurationFile(path: "\(packageFolder)/docs/configuration.md").text
    #expect(tables.count == 47)
    for table in tables {
      #expect(
        reference.contains(table.markdown),
        "docs/configuration.md should hold:\n\(table.markdown)")
    }
    let count = reference.split(separator: "\n").count { $0.hasPrefix("### ") }
    #expect(count == tables.count, "docs/configuration.md has a section that is no more")
  }

  @Test func `the reference has every preset`() throws {
    let reference = try ConfigurationFile(path: "\(packageFolder)/docs/configuration.md").text
    for preset in Preset.allCases {
      #expect(reference.contains("\n| `\(preset.rawValue)` |"))
    }
  }

  @Test func `every key that is written is in the reference`() throws {
    for seed in 0..<40 {
      let run = randomConfiguration(seed: UInt64(seed))
      let names = run.modalities.map(\.name.asYAML)
      let keys = run.yaml.split(separator: "\n").compactMap { line -> String? in
        let key = line.drop { $0 == " " }.prefix { $0 != ":" }
        return line.hasPrefix("#") || names.contains { line == "  \($0):" } ? nil : String(key)
      }
      let known = Set(tables.flatMap { $0.rows.map { $0[0] } } + ["`kind`"])
      #expect(Set(keys.map { "`\($0)`" }).subtracting(known).isEmpty)
    }
  }
}
