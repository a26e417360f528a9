import Configuration
import Exchange
import Foundation
import MLA
import Testing

@testable import Coordinator

@Suite struct SampleGroupTests {
  private func configuration(validation: Double = 0.25) -> RunConfiguration {
    var run = RunConfiguration(
      classes: ["cat", "dog"],
      modalities: ["x", "y"].map {
        ModalityConfiguration(name: $0, source: .synthetic(.init()), encoder: .mlp(.init()))
      })
    run.data.validationFraction = validation
    return run
  }

  private func split(
    _ samples: [(id: String, label: Int32, group: String)], areWritten: Bool = true
  ) -> Inventory.Split {
    let groups = samples.map(\.group)
    return Inventory.Split(
      ids: samples.map(\.id), labels: samples.map(\.label), hasWrittenIDs: areWritten,
      groups: groups.allSatisfy(\.isEmpty) ? [] : groups)
  }

  private func inventory(
    _ train: Inventory.Split, test: Inventory.Split = .init(ids: [], labels: [])
  ) -> Inventory {
    Inventory(host: "here", sampleShape: [1], train: train, test: test)
  }

  /// 24 samples of two classes, in groups of three; `says` is whether a sample's group is told.
  private func samples(
    _ name: String = "s", says: (Int) -> Bool
  ) -> [(id: String, label: Int32, group: String)] {
    (0..<24).map { ("\(name)\($0)", Int32($0 / 12), says($0) ? "\(name)-group \($0 / 3)" : "") }
  }

  private func error(_ body: () throws -> RosterBuilder) -> String? {
    do { _ = try body() } catch { return "\(error)" }
    return nil
  }

  @Test func `validation takes whole groups, whichever modality tells them`() throws {
    // x tells the groups of even samples and y those of odd ones.
    let builder = try RosterBuilder(
      [
        inventory(split(samples { $0 % 2 == 0 })), inventory(split(samples { $0 % 2 == 1 })),
      ], configuration: configuration())
    let kept = builder.ids(of: .validation).compactMap { Int($0.dropFirst()) }
    #expect(kept.count == 6 && kept.count { $0 < 12 } == 3)
    for number in kept {
      #expect(kept.contains(number / 3 * 3) && kept.contains(number / 3 * 3 + 2))
    }
    #expect(builder.trainLabels.count == 18)
    #expect(builder.warnings == [])
  }

  /// The bits of the first release.
  @Test func `without groups validation is what it was`() throws {
    let plain = inventory(split(samples { _ in false }))
    let builder = try RosterBuilder([plain, plain], configuration: configuration())
    #expect(builder.ids(of: .validation) == ["s3", "s5", "s8", "s13", "s15", "s20"])
  }

  @Test func `modalities that disagree about a group are refused`() {
    let (x, y) = (samples { _ in true }, samples { _ in true }.map { ($0.id, $0.label, "z") })
    let problem = error {
      try RosterBuilder(
        [inventory(split(x)), inventory(split(Array(y)))], configuration: configuration())
    }
    #expect(
      problem
        == "sample 's0' of the train split is in group 's-group 0' by modality x but in group 'z' by modality y; a sample is in one group"
    )
  }

  @Test func `groups that are tested and trained on are said`() throws {
    let test: [(id: String, label: Int32, group: String)] = [
      ("t0", 0, "s-group 1"), ("t1", 0, "s-group 1"), ("t2", 1, "new"), ("t3", 1, ""),
    ]
    let one = inventory(split(samples { _ in true }), test: split(test))
    let builder = try RosterBuilder([one, one], configuration: configuration())
    #expect(
      builder.warnings == [
        "1 of 2 groups of the test split also has training samples, such as 's-group 1': 2 of 4 test samples are in such groups, so results will flatter"
      ])
  }

  @Test func `a class with one group is not kept for validation`() throws {
    let lone = (0..<6).map { (id: "s\($0)", label: Int32($0 / 3), group: "g\($0 / 3)") }
    let builder = try RosterBuilder(
      [inventory(split(lone)), inventory(split(lone))], configuration: configuration())
    #expect(builder.rosters.validation.sampleCount == 0)
    #expect(
      builder.warnings == [
        "data.validation is 0.25, which is less than half a group of each class, or would take its only group: there are no validation samples; raise it, or give more groups"
      ])
  }

  // MARK: data.groups

  private func withGroups<Result>(
    _ text: String, _ body: (RunConfiguration) throws -> Result
  ) throws -> Result {
    let folder = NSTemporaryDirectory() + "antiphon-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(text.utf8).write(to: URL(filePath: folder + "/groups.csv"))
    var run = configuration()
    (run.data.root, run.data.groups) = (folder, "groups.csv")
    return try body(run)
  }

  private var file: String {
    "id,language,group\n" + (0..<24).map { "s\($0),en,g\($0 / 3)\n" }.joined() + "other,fr,g99\n"
  }

  @Test func `a file of groups does as a column does`() throws {
    let plain = inventory(split(samples { _ in false }))
    let told = inventory(split(samples { _ in true }))
    let byFile = try withGroups(file) { try RosterBuilder([plain, plain], configuration: $0) }
    let byColumn = try RosterBuilder([told, plain], configuration: configuration())
    #expect(byFile.ids(of: .validation) == byColumn.ids(of: .validation))
    #expect(byFile.ids(of: .validation).count == 6)
    #expect(byFile.groupsDigest.count == 64 && byColumn.groupsDigest.isEmpty)
  }

  @Test func `a file of groups speaks of test samples by their written ids`() throws {
    let test: [(id: String, label: Int32, group: String)] = [("s0", 0, ""), ("u", 1, "")]
    for areWritten in [true, false] {
      let one = inventory(
        split(samples { _ in false }), test: split(test, areWritten: areWritten))
      let found = try withGroups(file) { run in
        var run = run
        run.data.allowsOverlap = true
        return try RosterBuilder([one, one], configuration: run).warnings
      }
      #expect(found.contains { $0.hasPrefix("1 of 1 group of the test split") } == areWritten)
    }
  }

  @Test func `a file that contradicts a manifest, or is about other samples, is refused`() throws {
    let told = inventory(split(samples { _ in true }))
    let contradiction = try withGroups(file) { run in
      error { try RosterBuilder([told, told], configuration: run) }
    }
    #expect(
      contradiction
        == "sample 's0' of the train split is in group 'g0' by data.groups but in group 's-group 0' by modality x; a sample is in one group"
    )
    let plain = inventory(split(samples { _ in false }))
    let foreign = try withGroups("id,group\nq,g\np,g\n") { run in
      error { try RosterBuilder([plain, plain], configuration: run) }
    }
    #expect(
      foreign
        == "groups.csv gives groups to 2 ids, such as 'p', but none of them is a sample; give the file of these samples, or remove data.groups"
    )
    // Nor does what a manifest says make up for it.
    let told2 = try withGroups("id,group\nq,g\np,g\n") { run in
      error { try RosterBuilder([told, told], configuration: run) }
    }
    #expect(told2 == foreign)
    let missing = error {
      var run = configuration()
      run.data.groups = "/nowhere/groups.csv"
      return try RosterBuilder([plain, plain], configuration: run)
    }
    #expect(missing?.hasPrefix("/nowhere/groups.csv: no such file") == true)
  }
}
