import Datasets
import Storage
import TestSupport
import Testing

@testable import Preparers

@Suite struct CREMADTests {
  private static let codes = ["ANG", "DIS", "FEA", "HAP", "NEU", "SAD"]

  /// Six actors, each with every emotion at two levels: 72 clips, some of them broken.
  private static func tree() throws -> SetTree {
    let tree = try SetTree()
    var table = "\"Stimulus_Number\",\"Filename\"\r\n"
    // Listed from the last to the first: the order of the table is not that of the manifests.
    for (number, stem) in stems.reversed().enumerated() {
      table += "\(number + 1),\"\(stem)\"\r\n"
      try tree.write(TinyMedia.wave(400), to: "AudioWAV/\(stem).wav")
      try tree.write(TinyMedia.flash, to: "VideoFlash/\(stem).flv")
    }
    // The real table does not end its last line.
    try tree.write(String(table.dropLast()), to: "SentenceFilenames.csv")
    return tree
  }

  private static let stems = (1001...1006).flatMap { actor in
    codes.flatMap { code in ["LO", "XX"].map { "\(actor)_IEO_\(code)_\($0)" } }
  }

  @Test func `whole actors are drawn, and every class is in both parts`() throws {
    let set = try Self.tree().prepare(.cremad(CREMAD()))
    #expect(set.report.classes == ["Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad"])
    // A fifth of six actors, rounded.
    #expect(set.groups(.test).count == 1 && set.groups(.train).count == 5)
    #expect(set.groups(.test).isDisjoint(with: set.groups(.train)))
    #expect(set.counts(.train) == [10, 10, 10, 10, 10, 10])
    #expect(set.counts(.test) == [2, 2, 2, 2, 2, 2])
    #expect(set.report.sharedGroups == 0)
    let all = set.ids(.train) + set.ids(.test)
    #expect(all.sorted() == Self.stems.sorted() && all.count == 72)
    #expect(set.ids(.train) == Self.stems.sorted().filter { !set.ids(.test).contains($0) })
    #expect(set.fault == nil && set.faults == [:])
  }

  @Test func `another seed draws others, and the same seed the same`() throws {
    let tree = try Self.tree()
    func actors(_ seed: UInt64) throws -> Set<String> {
      try tree.prepare(.cremad(CREMAD()), rule: .groups(share: 0.34, seed: seed)).groups(.test)
    }
    #expect(try actors(3) == actors(3))
    // As Golden/draw.py draws: who publishes a seed publishes the split.
    #expect(try actors(3) == ["1001", "1004"])
    #expect(try actors(3).count == 2)
    #expect(try Set((0..<12).map { try actors($0) }).count > 3)
  }

  @Test func `of all 91 actors eighteen are drawn, always the same`() throws {
    var index = SetIndex(classes: ["a"])
    for actor in 1001...1091 {
      try index.add(
        IndexedSample(
          id: "\(actor)", label: "a", group: "\(actor)", part: nil, contents: [:], place: ""))
    }
    let division = try Division.drawing(
      index, share: 0.2, seed: 0, noun: "actor", set: "cremad")
    // As Golden/draw.py draws.
    let drawn = [10, 12, 16, 21, 27, 28, 29, 34, 49, 50, 51, 58, 59, 72, 74, 77, 88, 89]
    #expect(
      division.parts.filter { $0.value == .test }.keys.sorted() == drawn.map { "\(1000 + $0)" })
  }

  @Test func `what is missing or broken is counted by kind, and left out of its manifest alone`()
    throws
  {
    let tree = try Self.tree()
    try tree.write(TinyMedia.pointer, to: "AudioWAV/1001_IEO_ANG_LO.wav")
    try tree.write([], to: "AudioWAV/1001_IEO_ANG_XX.wav")
    try tree.write(TinyMedia.wave(300, declared: 400), to: "AudioWAV/1001_IEO_DIS_LO.wav")
    try tree.write(TinyMedia.wave(399), to: "AudioWAV/1001_IEO_DIS_XX.wav")
    try tree.write("<html>not found</html>", to: "AudioWAV/1001_IEO_FEA_LO.wav")
    try tree.write(Array(TinyMedia.flash.dropLast(6)), to: "VideoFlash/1001_IEO_FEA_XX.flv")
    try tree.scratch.remove("set/VideoFlash/1001_IEO_HAP_LO.flv")
    let set = try tree.prepare(.cremad(CREMAD()), rule: .held(["1002"]))
    #expect(
      set.faults == [
        "git-lfs pointer": 1, "empty": 1, "truncated": 2, "too short": 1, "unreadable": 1,
      ])
    #expect(
      set.report.faults.map { "\($0.id) \($0.medium.rawValue) \($0.fault.problem)" } == [
        "1001_IEO_ANG_LO audio is a git-lfs pointer, not the data; fetch the data with 'git lfs pull'",
        "1001_IEO_ANG_XX audio is empty",
        "1001_IEO_DIS_LO audio is cut off: its header promises 800 bytes of sound, but 600 are there",
        "1001_IEO_DIS_XX audio has 399 samples, fewer than the 400 of one window of 25 ms",
        "1001_IEO_FEA_LO audio is no sound file that can be read: Format not recognised",
        "1001_IEO_FEA_XX video is an FLV that ends in the middle of its tag 1",
      ])
    #expect(set.report.absences.map(\.id) == ["1001_IEO_HAP_LO"])
    #expect(set.report.absences.first?.path == "VideoFlash/1001_IEO_HAP_LO")
    let tally = set.report.tally(.train)
    #expect(tally.listed == 60 && tally.complete == 53)
    #expect(tally.missing == [.video: 1] && tally.broken == [.audio: 5, .video: 1])
    #expect(tally.written == [.audio: 55, .video: 58])

    try set.write(to: PreparationFolder(tree.scratch["out"], isForced: false), isAbsolute: false)
    let sounds = try Manifest.load(
      paths: [tree.scratch["out/audio_train.csv"]], root: tree.path, classes: set.report.classes,
      column: .path)
    #expect(sounds.rows.count == 55)
    #expect(sounds.rows.first?.id == "1001_IEO_FEA_XX")
    #expect(sounds.rows.first?.value == "AudioWAV/1001_IEO_FEA_XX.wav")
    #expect(sounds.rows.first?.label == 2)
    let lines = try tree.written("video_test.csv")
    #expect(lines[0] == "id,label,path,group")
    #expect(lines[1] == "1002_IEO_ANG_LO,Anger,VideoFlash/1002_IEO_ANG_LO.flv,1002")
    #expect(lines.count == 13)
    #expect(try tree.written("classes.txt") == set.report.classes)
    #expect(try tree.written("splits.csv").count == 73)
  }

  @Test func `samples that lack a medium can be left out as a whole`() throws {
    let tree = try Self.tree()
    try tree.scratch.remove("set/VideoFlash/1001_IEO_HAP_LO.flv")
    let set = try tree.prepare(.cremad(CREMAD()), rule: .held(["1002"]), isComplete: true)
    #expect(set.report.tally(.train).written == [.audio: 59, .video: 59])
    try set.write(to: PreparationFolder(tree.scratch["out"], isForced: false), isAbsolute: true)
    let lines = try tree.written("audio_train.csv")
    #expect(!lines.contains { $0.hasPrefix("1001_IEO_HAP_LO,") } && lines.count == 60)
    #expect(lines[1] == "1001_IEO_ANG_LO,Anger,\(tree.path)/AudioWAV/1001_IEO_ANG_LO.wav,1001")
  }

  @Test func `folders of frames are taken where they are, and looked into`() throws {
    let tree = try Self.tree()
    for stem in Self.stems {
      for frame in ["00000", "00029", "00058"] {
        try tree.write(TinyMedia.jpeg, to: "Image-01-FPS/\(stem)/\(frame).jpg")
      }
    }
    try tree.write(Array("x".utf8), to: "Image-01-FPS/1001_IEO_ANG_LO/._00000.jpg")
    for frame in ["00000", "00029", "00058"] {
      try tree.scratch.remove("set/Image-01-FPS/1001_IEO_ANG_XX/\(frame).jpg")
    }
    try tree.write(Array(TinyMedia.jpeg.dropLast(3)), to: "Image-01-FPS/1001_IEO_DIS_LO/00029.jpg")
    let set = try tree.prepare(.cremad(CREMAD()), rule: .held(["1006"]))
    #expect(set.faults == ["empty": 1, "truncated": 1])
    #expect(
      set.report.faults.map { "\($0.fault.path) \($0.fault.problem)" } == [
        "Image-01-FPS/1001_IEO_ANG_XX holds no pictures",
        "Image-01-FPS/1001_IEO_DIS_LO/00029.jpg is a JPEG without its end",
      ])
    try set.write(to: PreparationFolder(tree.scratch["out"], isForced: false), isAbsolute: false)
    #expect(
      try tree.written("video_train.csv")[1]
        == "1001_IEO_ANG_LO,Anger,Image-01-FPS/1001_IEO_ANG_LO,1001")
  }

  @Test func `lists of the authors are taken as they are`() throws {
    let tree = try Self.tree()
    try tree.scratch.write(
      Self.stems.prefix(60).map { "\($0).flv \(Self.name($0))" }.joined(separator: "\n"),
      to: "my_train_cre.txt")
    try tree.scratch.write(
      Self.stems.suffix(12).map { "\($0).flv \(Self.name($0))\n" }.joined()
        + "9999_IEO_ANG_XX.flv Anger\n",
      to: "my_test_cre.txt")
    let lists = ["my_train_cre.txt", "my_test_cre.txt"].map { tree.scratch[$0] }
    let set = try tree.prepare(.cremad(CREMAD()), rule: .lists(lists))
    #expect(set.ids(.train) == Array(Self.stems.prefix(60)).sorted())
    #expect(set.ids(.test) == Array(Self.stems.suffix(12)).sorted())
    #expect(set.division.unknown.map(\.name) == ["9999_IEO_ANG_XX"])
    #expect(set.division.otherLabels == [] && set.report.sharedGroups == 0)
    #expect(set.report.rule == "the parts that my_train_cre.txt, my_test_cre.txt list")

    // OGM-GE's form: codes for classes, line ends of Windows.
    try tree.scratch.write(
      Self.stems.dropLast().map { "\($0),\($0.split(separator: "_")[2])\r\n" }.joined(),
      to: "train.csv")
    try tree.scratch.write(
      "\(Self.stems.last ?? ""),HAP\r\n\(Self.stems.last ?? ""),HAP\r\n", to: "test.csv")
    let other = try tree.prepare(
      .cremad(CREMAD()), rule: .lists(["train.csv", "test.csv"].map { tree.scratch[$0] }))
    #expect(other.ids(.test) == ["1006_IEO_SAD_XX"])
    #expect(other.report.tally(.test).duplicates == 1)
    #expect(
      other.division.otherLabels.map(\.name) == [
        "1006_IEO_SAD_XX (Happy)", "1006_IEO_SAD_XX (Happy)",
      ])
    #expect(other.report.sharedGroups == 1)
    #expect(
      other.report.remarks.contains(
        "this split leaks: 1 actor in several parts; --grouped makes one that does not"))
  }

  @Test func `a split that was written is read back`() throws {
    let tree = try Self.tree()
    let first = try tree.prepare(.cremad(CREMAD()), rule: .groups(share: 0.5, seed: 9))
    try first.write(to: PreparationFolder(tree.scratch["out"], isForced: false), isAbsolute: false)
    let again = try tree.prepare(
      .cremad(CREMAD()), rule: .lists([tree.scratch["out/splits.csv"]]))
    #expect(again.ids(.test) == first.ids(.test) && again.ids(.train) == first.ids(.train))
    #expect(again.report.sharedGroups == 0 && again.division.unknown == [])
  }

  @Test func `odd names and repeated ones are counted`() throws {
    let tree = try Self.tree()
    let table = try #require(tree.scratch.text("set/SentenceFilenames.csv"))
    try tree.write(
      table + "\r\n73,\"1001_IEO_ANG\"\r\n74,\"1001_IEO_XYZ_LO\"\r\n75,\"1001_IEO_SAD_LO\"\r\n",
      to: "SentenceFilenames.csv")
    let set = try tree.prepare(.cremad(CREMAD()), rule: .held(["1006"]))
    #expect(set.report.index.oddNames.map(\.name) == ["1001_IEO_ANG", "1001_IEO_XYZ_LO"])
    #expect(set.report.tally(.train, "Sad").duplicates == 1)
    #expect(set.report.tally(.train).listed == 60)
  }

  @Test func `without the table the sounds are listed, and it is said`() throws {
    let tree = try Self.tree()
    try tree.scratch.remove("set/SentenceFilenames.csv")
    try tree.write([0], to: "AudioWAV/._1001_IEO_ANG_LO.wav")
    let set = try tree.prepare(.cremad(CREMAD()))
    #expect(set.report.tally(.train).listed + set.report.tally(.test).listed == 72)
    #expect(
      set.report.index.notes.first
        == "listed by the names in AudioWAV, since there is no SentenceFilenames.csv; sound from AudioWAV,"
        + " film from VideoFlash")
  }

  @Test func `what the authors call broken is said`() throws {
    let tree = try Self.tree()
    try tree.write("Filename\n1076_MTI_SAD_XX\n1077_MTI_SAD_XX\n", to: "SentenceFilenames.csv")
    let set = try tree.prepare(.cremad(CREMAD()))
    #expect(
      set.report.index.notes.last
        == "1076_MTI_SAD_XX, which is kept: the film shows an error and no face, and the sound is silent"
        + " (the authors' README)")
  }

  @Test func `refusals say what is wrong`() throws {
    let tree = try Self.tree()
    tree.expectRefusal(
      .cremad(CREMAD()), rule: .held(["1099"]),
      "--test-actor: found '1099', but the set has '1001', '1002', '1003', '1004', '1005', '1006'")
    var few = CREMAD()
    few.classes = ["Anger", "Joy"]
    tree.expectRefusal(
      .cremad(few),
      "set: class 'Joy' has no samples in the train part (and 1 more like it); split the"
        + " set otherwise, or name the classes that are wanted with --classes FILE")
    tree.expectRefusal(
      .cremad(CREMAD()), media: [.text], "--media: found 'text', but the set has 'audio', 'video'")
    for stem in Self.stems where stem.contains("HAP") && stem.hasPrefix("1006") {
      try tree.write(TinyMedia.pointer, to: "AudioWAV/\(stem).wav")
    }
    tree.expectRefusal(
      .cremad(CREMAD()), rule: .held(["1006"]),
      "set: class 'Happy' has no audio in the test part that can be used: of 2 listed, 0 are missing, 2"
        + " broken")
    try tree.scratch.remove("set/VideoFlash")
    tree.expectRefusal(
      .cremad(CREMAD()), rule: .held(["1006"]),
      "set: the train part has no video that can be used: of 60 listed, 60 are missing, 0 broken;"
        + " --media audio leaves video out")
    let other = try SetTree()
    try other.write("", to: "nothing")
    other.expectRefusal(
      .cremad(CREMAD()),
      "set: holds neither SentenceFilenames.csv nor a folder AudioWAV, expected the folder of CREMA-D, in"
        + " which AudioWAV and VideoFlash lie")
  }

  private static func name(_ stem: String) -> String {
    CREMAD.codes.first { stem.contains($0.code) }?.name ?? ""
  }
}
