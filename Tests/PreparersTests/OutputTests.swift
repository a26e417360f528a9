import Storage
import TestSupport
import Testing

@testable import Preparers

@Suite struct OutputTests {
  private static func tree() throws -> SetTree {
    let tree = try SetTree()
    try tree.write(
      "ID\ttext,image\n"
        + (1...6).map { "\($0)\t\(["positive", "neutral", "negative"][$0 % 3])," }.enumerated().map
      {
        $1 + "\(["positive", "neutral", "negative"][($0 + 1) % 3])\n"
      }.joined(), to: "labelResultAll.txt")
    for id in 1...6 {
      try tree.write(TinyMedia.jpeg, to: "data/\(id).jpg")
      try tree.write("text\n\"\(id)\", two lines", to: "data/\(id).txt")
    }
    return tree
  }

  private static let rule = SplitRule.groups(share: 0.5, seed: 0)

  @Test func `a folder with files is refused, or only what is ours is replaced`() throws {
    let tree = try Self.tree()
    let set = try tree.prepare(.mvsa(MVSA()), rule: Self.rule)
    try tree.scratch.write("mine", to: "out/notes")
    try tree.scratch.write("old", to: "out/video_train.csv")
    #expect(
      throws: FileError(
        tree.scratch["out"],
        "holds 'notes', 'video_train.csv' already; name another folder, or add --force, which replaces the"
          + " files of an earlier preparation and leaves all others")
    ) { try PreparationFolder(tree.scratch["out"], isForced: false) }
    #expect(tree.scratch.names(in: "out") == ["notes", "video_train.csv"])
    try set.write(to: PreparationFolder(tree.scratch["out"], isForced: true), isAbsolute: false)
    #expect(
      tree.scratch.names(in: "out") == [
        "classes.txt", "image_test.csv", "image_train.csv", "notes", "report.json", "splits.csv",
        "text_test.csv", "text_train.csv",
      ])
    #expect(
      throws: FileError(
        tree.scratch["out/notes"], "is no folder; name another, or move what is there away")
    ) {
      try PreparationFolder(tree.scratch["out/notes"], isForced: true)
    }
  }

  @Test func `nothing is written of a set that is refused`() throws {
    let tree = try Self.tree()
    for id in 1...6 { try tree.scratch.remove("set/data/\(id).jpg") }
    let set = try tree.prepare(.mvsa(MVSA()), rule: Self.rule)
    #expect(throws: try #require(set.fault)) {
      try set.write(to: PreparationFolder(tree.scratch["out"], isForced: false), isAbsolute: false)
    }
    #expect(tree.scratch.names() == ["set"])
  }

  @Test func `the same set gives the same bytes`() throws {
    let tree = try Self.tree()
    for name in ["one", "two"] {
      try tree.prepare(.mvsa(MVSA()), rule: Self.rule)
        .write(to: PreparationFolder(tree.scratch[name], isForced: false), isAbsolute: false)
    }
    #expect(tree.scratch.names(in: "one").count == 7)
    for file in tree.scratch.names(in: "one") {
      #expect(try tree.scratch.bytes("one/\(file)") == tree.scratch.bytes("two/\(file)"), "\(file)")
    }
  }

  @Test func `the report has every number for scripts`() throws {
    let tree = try Self.tree()
    try tree.write([], to: "data/1.jpg")
    try tree.scratch.remove("set/data/2.txt")
    let report = try tree.prepare(.mvsa(MVSA()), rule: Self.rule).report
    let text = try report.json.text(pretty: false)
    for part in [
      #""broken":[{"id":"1","kind":"empty","medium":"image","path":"data/1.jpg","problem":"is empty"}]"#,
      #""missing":[{"id":"2","medium":"text","path":"data/2.txt"}]"#,
      #""classes":["negative","neutral","positive"]"#, #""set":"mvsa""#,
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
    #expect(report.rows.count == 8 && report.rows.allSatisfy { $0.count == report.header.count })
    #expect(
      report.header == [
        "part and class", "listed", "complete", "image missing", "broken", "text missing", "broken",
        "listed again",
      ])
    let listed = report.rows.filter { $0[0].hasSuffix(", all") }.map { Int($0[1]) ?? 0 }
    #expect(listed.reduce(0, +) == 6)
  }
}
