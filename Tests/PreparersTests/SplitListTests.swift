import Storage
import TestSupport
import Testing

@testable import Preparers

@Suite struct SplitListTests {
  private func refusal(_ text: String, in name: String) throws -> String {
    let scratch = try Scratch()
    try scratch.write(text, to: name)
    do {
      _ = try SplitList(scratch[name])
      return "accepted"
    } catch {
      return "\(error)".replacing(scratch.path + "/", with: "")
    }
  }

  @Test func `names lose folders and the endings of media, and nothing else`() {
    #expect(SplitList.stem("a/b/1085_IWL_SAD_XX.flv") == "1085_IWL_SAD_XX")
    #expect(SplitList.stem("french_toast_320-5.JPG") == "french_toast_320-5")
    #expect(SplitList.stem("--4-0ihtnBU_000058_000068") == "--4-0ihtnBU_000058_000068")
    #expect(SplitList.stem("v1.5") == "v1.5" && SplitList.stem("") == "")
  }

  @Test func `a file's name says which part it lists`() throws {
    let scratch = try Scratch()
    for (name, part) in [
      ("my_train_cre.txt", Part.train), ("TEST.csv", .test), ("dev.jsonl", .dev),
      ("val_list.txt", .dev),
    ] {
      try scratch.write(name.hasSuffix("jsonl") ? "{\"id\": 7}\n" : "7\n", to: name)
      let list = try SplitList(scratch[name])
      #expect(list.entries == [.init(name: "7", label: nil, part: part, line: 1)], "\(name)")
    }
  }

  @Test func `labels may be of several words, and blank lines are none`() throws {
    let scratch = try Scratch()
    try scratch.write("a.mp4 playing bass guitar\r\n\n   \nb.mp4\n", to: "train.txt")
    #expect(
      try SplitList(scratch["train.txt"]).entries == [
        .init(name: "a", label: "playing bass guitar", part: .train, line: 1),
        .init(name: "b", label: nil, part: .train, line: 4),
      ])
  }

  @Test func `refusals say what is wrong`() throws {
    let unnamed =
      ": its name does not say which part it lists, expected one of train, dev, val and test in it; rename"
      + " it, or list ids and parts in a CSV file with the columns id and split"
    #expect(try refusal("a b\n", in: "list.txt") == "list.txt" + unnamed)
    #expect(try refusal("a b\n", in: "train_test.txt") == "train_test.txt" + unnamed)
    #expect(try refusal("\n", in: "train.txt") == "train.txt: names no samples")
    #expect(try refusal("", in: "train.txt") == "train.txt: is empty")
    #expect(
      try refusal("id,split\na,all\n", in: "s.csv")
        == "s.csv:2: the split is 'all', expected train, dev or test")
    #expect(
      try refusal("id,split\na\n", in: "s.csv") == "s.csv:2: has 1 field, but the header has 2")
    #expect(throws: FileError("/nowhere/train.txt", "no such file", isOfMissingFile: true)) {
      try SplitList("/nowhere/train.txt")
    }
  }

  @Test func `lists of one part alone are not enough`() throws {
    let tree = try SetTree()
    try tree.write("ID\ttext,image\n1\tneutral,neutral\n", to: "labelResultAll.txt")
    try tree.scratch.write("1.jpg neutral\n", to: "my_train.txt")
    tree.expectRefusal(
      .mvsa(MVSA()), rule: .lists([tree.scratch["my_train.txt"]]),
      "set: the test part has no samples (the parts that my_train.txt list); split the set otherwise"
    )
  }

  @Test func `a sample is in one part, and lists name samples of the set`() throws {
    var index = SetIndex(classes: ["a"])
    for id in ["1", "2"] {
      try index.add(
        IndexedSample(id: id, label: "a", group: id, part: nil, contents: [:], place: "x:\(id)"))
    }
    let scratch = try Scratch()
    try scratch.write("1\n2\n", to: "train.txt")
    try scratch.write("3\n2\n", to: "test.txt")
    try scratch.write("8\n9\n", to: "dev.txt")
    func divide(_ names: String...) throws -> Division {
      try .listed(by: names.map { scratch[$0] }, in: index) { _ in nil }
    }
    #expect(
      throws: FileError(
        scratch["test.txt"] + ":2",
        "'2' is in the test part, but in the train part at \(scratch["train.txt"]):2; leave one of the lines"
          + " out")
    ) { try divide("train.txt", "test.txt") }
    #expect(
      throws: FileError(
        scratch["dev.txt"],
        "none of its samples is in the set; the first is '8', the set's first is '1'")
    ) { try divide("dev.txt") }
  }
}
