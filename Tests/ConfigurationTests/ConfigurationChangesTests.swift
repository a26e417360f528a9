import Testing

@testable import Configuration

/// What may differ from the run that is gone on with.
@Suite struct ConfigurationChangesTests {
  private func changes(_ optimizer: String) throws -> ConfigurationChanges {
    let text = minimal + "optimizer: {\(optimizer)}\nepochs: "
    return try ConfigurationChanges(from: parse(text + "20\n").yaml, to: parse(text + "40\n"))
  }

  @Test func `more epochs are other rates where a cosine ends with the last`() throws {
    let stretched = try changes("schedule: cosine")
    #expect(
      stretched.inexact == [
        "epochs was 20 and is now 40, and learning rates follow a cosine over all of them"
      ])
    #expect(stretched.another == [])
    for fixed in ["schedule: cosine, cosine_epochs: 20", "schedule: step"] {
      let longer = try changes(fixed)
      #expect(longer.inexact == [] && longer.another == [], "\(fixed)")
    }
  }
}
