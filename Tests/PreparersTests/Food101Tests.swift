import Datasets
import TestSupport
import Testing

@testable import Preparers

@Suite struct Food101Tests {
  private static func food(_ titles: Food101.Titles? = nil, cleans: Bool = false) -> SetChoice {
    var set = Food101()
    (set.titles, set.cleansTexts) = (titles, cleans)
    set.classes = ["cheese_plate", "cheesecake", "pad_thai"]
    return .food101(set)
  }

  private static func tree() throws -> SetTree {
    let tree = try SetTree()
    try tree.write(
      #"""
      pad_thai_1.jpg,"Pad Thai, ""easy""",pad_thai
      cheesecake_3.jpg,Crème brûlée cheesecake,cheesecake
      cheese_plate_717-0.jpg,A <b>plate</b> of (CHEESE),cheese_plate
      cheese_plate_717-1.jpg,,cheese_plate
      cheesecake_4.jpg,A GIF that calls itself a picture,cheesecake
      pad_thai_1.jpg,"Pad Thai, ""easy""",pad_thai
      pad_thai.jpg,No number,pad_thai
      sushi_2.jpg,Sushi,sushi

      """#, to: "texts/train_titles.csv")
    try tree.write(
      #"""
      Image_path,text,label
      cheese_plate_717-2.jpg,Another plate,cheese_plate
      pad_thai_9.jpg, ,pad_thai
      pad_thai_10.jpg,"Pad Thai, ""easy""",pad_thai
      cheesecake_986.jpg,CRÈME BRÛLÉE  CHEESECAKE,cheesecake

      """#, to: "texts/test_titles.csv")
    for (name, bytes) in [
      ("train/pad_thai/pad_thai_1", TinyMedia.jpeg),
      ("train/cheesecake/cheesecake_3", TinyMedia.png),
      ("train/cheese_plate/cheese_plate_717-0", TinyMedia.jpeg + [1, 2, 3]),
      ("train/cheese_plate/cheese_plate_717-1", Array(TinyMedia.png.dropLast(12))),
      ("train/cheesecake/cheesecake_4", Array("GIF89a".utf8)),
      ("test/cheese_plate/cheese_plate_717-2", TinyMedia.jpeg),
      ("test/pad_thai/pad_thai_9", TinyMedia.jpeg),
      ("test/pad_thai/pad_thai_10", TinyMedia.jpeg), ("test/cheesecake/cheesecake_986", webP),
    ] {
      try tree.write(bytes, to: "images/\(name).jpg")
    }
    return tree
  }

  private static let webP = Array("RIFF".utf8) + TinyMedia.little(8, 4) + Array("WEBPVP8 ".utf8)

  @Test func `titles in CSV files name the samples, their classes and parts`() throws {
    let tree = try Self.tree()
    let set = try tree.prepare(Self.food())
    #expect(set.fault == nil)
    #expect(
      set.ids(.train) == [
        "cheese_plate_717-0", "cheese_plate_717-1", "cheesecake_3", "cheesecake_4", "pad_thai_1",
      ])
    #expect(
      set.ids(.test) == ["cheese_plate_717-2", "cheesecake_986", "pad_thai_10", "pad_thai_9"])
    #expect(set.counts(.train) == [2, 2, 1] && set.counts(.test) == [1, 1, 2])
    #expect(set.faults == ["truncated": 1, "unreadable": 1])
    #expect(
      set.report.faults.map(\.fault.problem) == [
        "is a PNG without its end", "is a GIF, expected a JPEG, PNG or WebP; convert it",
      ])
    #expect(
      set.report.tally(.train).missing == [.text: 1]
        && set.report.tally(.test).missing == [.text: 1])
    #expect(set.report.index.dropped == ["class sushi is not wanted": 1])
    #expect(set.report.index.oddNames.map(\.name) == ["pad_thai.jpg"])
    #expect(set.report.tally(.train, "pad_thai").duplicates == 1)
    // The page cheese_plate_717 is in both parts, and two titles are.
    #expect(set.report.sharedGroups == 1 && set.report.commonTexts == 2)

    try set.write(to: PreparationFolder(tree.scratch["out"], isForced: false), isAbsolute: false)
    #expect(
      try tree.written("text_train.csv") == [
        "id,label,text,group",
        "cheese_plate_717-0,cheese_plate,A <b>plate</b> of (CHEESE),cheese_plate_717",
        "cheesecake_3,cheesecake,Crème brûlée cheesecake,cheesecake_3",
        "cheesecake_4,cheesecake,A GIF that calls itself a picture,cheesecake_4",
        "pad_thai_1,pad_thai,\"Pad Thai, \"\"easy\"\"\",pad_thai_1",
      ])
    let texts = try Manifest.load(
      paths: [tree.scratch["out/text_train.csv"]], root: tree.path, classes: set.report.classes,
      column: .text)
    #expect(texts.rows.last?.value == "Pad Thai, \"easy\"" && texts.rows.last?.label == 2)
    #expect(
      try tree.written("image_test.csv")[1]
        == "cheese_plate_717-2,cheese_plate,images/test/cheese_plate/cheese_plate_717-2.jpg,cheese_plate_717"
    )
  }

  @Test func `titles are cleaned as MMBT's authors do`() throws {
    let tree = try Self.tree()
    let set = try tree.prepare(Self.food(cleans: true))
    try set.write(to: PreparationFolder(tree.scratch["out"], isForced: false), isAbsolute: false)
    #expect(
      try tree.written("text_train.csv").dropFirst().map { $0.split(separator: ",")[2] } == [
        "a b plate b of cheese", "crème brûlée cheesecake", "a gif that calls itself a picture",
        "pad thai easy",
      ])
  }

  @Test func `JSON lines name the same samples, and a part of their own`() throws {
    let tree = try Self.tree()
    try tree.write(
      #"""
      {"id": 1, "label": "cheesecake", "text": "cr\u00e9me", "img": "images/train/cheesecake/cheesecake_3.jpg"}
      {"id": "x", "label": "pad_thai", "text": "t", "img": "images/train/pad_thai/pad_thai_1.jpg"}
      {"id": "y", "label": "cheese_plate", "text": "p", "img": "images/train/cheese_plate/cheese_plate_717-0.jpg"}
      {"id": 1, "label": "cheesecake", "text": "again", "img": "images/train/cheesecake/cheesecake_3.jpg"}

      """#, to: "train.jsonl")
    func line(_ label: String, _ name: String) -> String {
      #"{"id": "\#(name)", "label": "\#(label)", "text": "t", "img": "images/test/\#(label)/\#(name).jpg"}"#
        + "\n"
    }
    let test =
      line("cheese_plate", "cheese_plate_717-2") + line("pad_thai", "pad_thai_9")
      + line("cheesecake", "cheesecake_986")
    try tree.write(test, to: "test.jsonl")
    let set = try tree.prepare(Self.food(.jsonl))
    #expect(set.ids(.train) == ["cheese_plate_717-0", "cheesecake_3", "pad_thai_1"])
    #expect(set.report.tally(.train, "cheesecake").duplicates == 1 && set.fault == nil)
    try set.write(to: PreparationFolder(tree.scratch["out"], isForced: false), isAbsolute: false)
    #expect(try tree.written("text_train.csv")[2] == "cheesecake_3,cheesecake,créme,cheesecake_3")

    try tree.write(line("cheesecake", "cheesecake_77"), to: "dev.jsonl")
    tree.expectRefusal(
      Self.food(.jsonl),
      "set: the dev part has no image that can be used: of 1 listed, 1 are missing, 0 broken; --media text"
        + " leaves image out")
    try tree.write(line("cheesecake", "cheesecake_986"), to: "dev.jsonl")
    tree.expectRefusal(
      Self.food(.jsonl),
      "set/test.jsonl:3: 'cheesecake_986' is in the test part, but at \(tree.path)/dev.jsonl:1 in the dev part;"
        .replacing(tree.scratch.path + "/", with: "") + " leave one of the lines out")
  }

  @Test func `texts in files of their own are found by the pictures`() throws {
    let tree = try Self.tree()
    try tree.write("Pad Thai\n", to: "texts_txt/pad_thai/pad_thai_1.txt")
    try tree.write("Crème\n", to: "texts_txt/cheesecake/cheesecake_986.txt")
    let set = try tree.prepare(Self.food(.files), media: [.image])
    #expect(set.ids(.train).count == 5 && set.ids(.test).count == 4)
    let cleaned = try tree.prepare(Self.food(.files, cleans: true)).entries[.train]?.last
    #expect(cleaned?.sample.id == "pad_thai_1" && cleaned?.findings[.text] == .text("pad thai"))
    let texts = try tree.prepare(Self.food(.files))
    #expect(texts.report.tally(.train).missing == [.text: 4])
    #expect(texts.report.tally(.test).written == [.image: 4, .text: 1])
    #expect(texts.report.absences.first?.path == "texts_txt/cheese_plate/cheese_plate_717-0.txt")
  }

  @Test func `whole pages are drawn, class by class`() throws {
    let set = try Self.tree().prepare(
      Self.food(), rule: .groups(share: 0.4, seed: 0), media: [.image])
    #expect(set.groups(.test).isDisjoint(with: set.groups(.train)))
    #expect(set.report.sharedGroups == 0)
    // Pages by class: 1, 3 and 3. The only page of cheese stays with those to train with.
    #expect(set.counts(.test) == [0, 1, 1] && set.counts(.train) == [3, 2, 2])
    let problem = set.fault?.problem ?? "none"
    #expect(problem.hasPrefix("class 'cheese_plate' has no samples in the test part"), "\(problem)")
  }

  @Test func `refusals say what is wrong`() throws {
    let tree = try Self.tree()
    tree.expectRefusal(
      .food101(Food101()),
      "set/images/train: holds 3 folders, expected the 101 classes; --classes FILE names those that are"
        + " wanted")
    try tree.write("a,b\n", to: "texts/train_titles.csv")
    tree.expectRefusal(
      Self.food(),
      "set/texts/train_titles.csv:1: has 2 fields, expected 3: the file's name, the title, the class"
    )
    try tree.scratch.remove("set/texts")
    tree.expectRefusal(
      Self.food(),
      "set: holds none of texts/train_titles.csv, train.jsonl and texts_txt, expected the titles of UPMC"
        + " Food-101")
    try tree.write("{\"id\": 1}\nnonsense\n", to: "train.jsonl")
    tree.expectRefusal(
      Self.food(), "set/train.jsonl:2: is no JSON object, expected one a line")
    try tree.write("{\"id\": 1, \"label\": \"pad_thai\"}\n", to: "train.jsonl")
    tree.expectRefusal(
      Self.food(), "set/train.jsonl:1: there is no text under 'img'; the keys are 'id', 'label'")
  }
}
