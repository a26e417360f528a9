import TestSupport
import Testing

@testable import Preparers

@Suite struct MVSATests {
  private static func mvsa(_ rule: MVSA.LabelRule = .agree) -> SetChoice {
    var set = MVSA()
    set.rule = rule
    return .mvsa(set)
  }

  private static let labels = ["positive", "neutral", "negative"]

  /// All nine pairs of labels, twice over, and one tweet without files.
  private static func tree() throws -> SetTree {
    let tree = try SetTree()
    var table = "ID\ttext,image\r\n"
    var number = 0
    for text in labels {
      for image in labels {
        for _ in 0..<2 {
          number += 1
          table += "\(number)\t\(text),\(image)\n"
          try tree.write(TinyMedia.jpeg, to: "data/\(number).jpg")
          try tree.write("tweet \(number)", to: "data/\(number).txt")
        }
      }
    }
    table += "30\tpositive,positive"
    try tree.write(table, to: "labelResultAll.txt")
    // "RT …" as GBK has it, and an accent in UTF-8.
    try tree.write([0x52, 0x54, 0x20, 0xa1, 0xad, 0x20, 0x0a], to: "data/1.txt")
    try tree.write("caf\u{e9}\n", to: "data/2.txt")
    return tree
  }

  @Test func `of the tweets whose labels agree, nine pairs leave three classes`() throws {
    let tree = try Self.tree()
    let set = try tree.prepare(Self.mvsa(), rule: .groups(share: 0.5, seed: 0))
    #expect(set.report.classes == ["negative", "neutral", "positive"])
    // Byte order: 10 stands before 9.
    #expect(
      (set.ids(.train) + set.ids(.test)).sorted { $0.precedes($1) } == [
        "1", "10", "17", "18", "2", "30", "9",
      ])
    #expect(set.counts(.train).reduce(0, +) + set.counts(.test).reduce(0, +) == 7)
    #expect(set.report.index.dropped == ["text and picture are labelled otherwise": 12])
    #expect(set.report.absences.map(\.id) == ["30", "30"])
    #expect(set.report.index.notes == ["MVSA-Single, labels by the rule 'agree'"])
  }

  @Test func `neutral gives way where labels are merged`() throws {
    let set = try Self.tree().prepare(Self.mvsa(.merge), rule: .groups(share: 0.5, seed: 0))
    let labels = Dictionary(
      uniqueKeysWithValues: Part.allCases.flatMap { set.entries[$0] ?? [] }.map {
        ($0.sample.id, $0.sample.label)
      })
    #expect(labels.count == 15)
    // positive with: positive 1, neutral 3; neutral with: positive 7, neutral 9, negative 11; negative with:
    // neutral 15, negative 17.
    #expect(
      [1, 3, 7, 9, 11, 15, 17].map { labels["\($0)"] } == [
        "positive", "positive", "positive", "neutral", "negative", "negative", "negative",
      ])
    #expect(labels["5"] == nil && labels["13"] == nil)
    #expect(set.report.index.dropped == ["text and picture are labelled otherwise": 4])
  }

  @Test func `texts are read as UTF-8, else as GBK, and written as UTF-8`() throws {
    let tree = try Self.tree()
    try tree.write([0xff, 0xff, 0xff], to: "data/17.txt")
    try tree.write(" \n", to: "data/9.txt")
    try tree.scratch.write(
      "id,split,group\n1,train,1\n9,train,9\n10,train,10\n17,train,17\n18,train,x\n", to: "a.csv")
    try tree.scratch.write("id,split,group\n2,test,2\n", to: "b.csv")
    let set = try tree.prepare(
      Self.mvsa(), rule: .lists(["a.csv", "b.csv"].map { tree.scratch[$0] }))
    #expect(set.faults == ["unreadable": 1])
    #expect(
      set.report.faults.map { "\($0.fault.path) \($0.fault.problem)" } == [
        "data/17.txt is text neither in UTF-8 nor in GB18030"
      ])
    #expect(set.report.tally(.train).missing == [.text: 1])
    guard case .text(let text) = set.entries[.train]?.first?.findings[.text] else {
      Issue.record("no text")
      return
    }
    #expect(text == "RT \u{2026}")
    guard case .text(let other) = set.entries[.test]?.first?.findings[.text] else {
      Issue.record("no text")
      return
    }
    #expect(other == "caf\u{e9}")
  }

  @Test func `tweets that say the same are one group`() throws {
    let tree = try Self.tree()
    try tree.write("RT @who: Tweet  17 http://t.co/x", to: "data/18.txt")
    try tree.write("http://t.co/only", to: "data/9.txt")
    try tree.write("https:/\u{2026}", to: "data/10.txt")
    for seed in 0..<8 as Range<UInt64> {
      let set = try tree.prepare(Self.mvsa(), rule: .groups(share: 0.5, seed: seed))
      let all = Part.allCases.flatMap { set.entries[$0] ?? [] }
      let groups = Dictionary(uniqueKeysWithValues: all.map { ($0.sample.id, $0.sample.group) })
      #expect(groups["17"] == "17" && groups["18"] == "17")
      // Links alone say nothing, so they are not the same.
      #expect(groups["9"] == "9" && groups["10"] == "10")
      #expect(set.groups(.test).isDisjoint(with: set.groups(.train)))
      #expect(set.report.commonTexts == 0)
    }
    try tree.scratch.write("17.jpg negative\n", to: "my_train_mvsa.txt")
    try tree.scratch.write("18.jpg negative\n9.jpg positive\n", to: "my_test_mvsa.txt")
    let set = try tree.prepare(
      Self.mvsa(), rule: .lists(["my_train_mvsa.txt", "my_test_mvsa.txt"].map { tree.scratch[$0] }))
    #expect(set.report.sharedGroups == 1 && set.report.commonTexts == 1)
    #expect(set.division.otherLabels.map(\.name) == ["9 (positive)"])
    #expect(set.report.inNoPart == 4)
  }

  @Test func `three annotators are a majority, or none`() throws {
    let tree = try SetTree()
    try tree.write(
      """
      ID\ttext,image\ttext,image\ttext,image
      1\tpositive,positive\tpositive,positive\tpositive,positive
      2\tpositive,neutral\tpositive,neutral\tnegative,neutral
      3\tpositive,neutral\tneutral,neutral\tnegative,neutral
      4\tneutral,negative\tneutral,negative\tneutral,negative
      5\tpositive,negative\tpositive,negative\tpositive,negative

      """, to: "labelResultAll.txt")
    let index = try MVSA().index(SetFolder(tree.path))
    #expect(index.samples.map(\.id) == ["1"])
    #expect(
      index.dropped == [
        "annotators have no majority": 1, "text and picture are labelled otherwise": 3,
      ])
    #expect(index.notes == ["MVSA-Multiple, labels by the rule 'agree'"])
    var merging = MVSA()
    merging.rule = .merge
    let merged = try merging.index(SetFolder(tree.path))
    #expect(merged.samples.map(\.label) == ["positive", "positive", "negative"])
    #expect(merged.dropped["text and picture are labelled otherwise"] == 1)
  }

  @Test func `refusals say what is wrong`() throws {
    let tree = try Self.tree()
    try tree.write("ID\ttext,image\n1\tpositive,happy\n", to: "labelResultAll.txt")
    tree.expectRefusal(
      Self.mvsa(),
      "set/labelResultAll.txt:2: the labels are 'positive,happy', expected two of positive, neutral and"
        + " negative with a comma between them")
    try tree.write("1\tpositive,positive\n2 positive,positive\n", to: "labelResultAll.txt")
    tree.expectRefusal(
      Self.mvsa(),
      "set/labelResultAll.txt:2: has 1 field, expected 2: an id, and 'text,image' of each annotator"
    )
    try tree.write("1\tpositive,positive\n1\tneutral,neutral\n", to: "labelResultAll.txt")
    tree.expectRefusal(
      Self.mvsa(),
      "set/labelResultAll.txt:2: '1' is labelled 'neutral', but 'positive' at set/labelResultAll.txt:1; leave"
        + " one of the lines out")
    try tree.scratch.remove("set/labelResultAll.txt")
    tree.expectRefusal(
      Self.mvsa(),
      "set: holds no labelResultAll.txt, expected the folder of MVSA, with data beside it")
  }
}
