import TestSupport
import Testing

@testable import Preparers

@Suite struct IEMOCAPTests {
  private static let codes = ["neu", "ang", "sad", "hap", "exc", "fru", "xxx"]

  /// Two sessions with a dialogue each, and all that lies around labels.
  private static func tree() throws -> SetTree {
    let tree = try SetTree()
    for (session, dialogue) in [(1, "Ses01F_impro01"), (3, "Ses03M_impro05a")] {
      let place = "IEMOCAP_full_release/Session\(session)"
      let turns = codes.enumerated().map { number, code in
        (
          name: "\(dialogue)_\(number % 2 == 0 ? "F" : "M")00\(number)", code: code,
          start: "\(number).2901"
        )
      }
      // The last turn comes first: lines need not be in the order of time.
      let lines = turns.reversed().map {
        "[\($0.start) - 8.2357]\t\($0.name)\t\($0.code)\t[2.5000, 2.5000, 2.5000]\n"
          + "C-E2:\tNeutral;\t()\nA-E3:\tval 3; act 2; dom  2;\t()\n\n"
      }
      try tree.write(
        "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\r\n\r\n" + lines.joined(),
        to: "\(place)/dialog/EmoEvaluation/\(dialogue).txt")
      try tree.write(
        turns.map { "\($0.name) [006.2901-008.2357]: Said \($0.code): [LAUGHTER] a]: b\n" }.joined()
          + "M: a word beside\n\(dialogue)_FXX0 [1.0-2.0]: Nobody's turn\n",
        to: "\(place)/dialog/transcriptions/\(dialogue).txt")
      try tree.write([0, 5, 22, 7, 255], to: "\(place)/dialog/EmoEvaluation/._\(dialogue).txt")
      try tree.write("x", to: "\(place)/dialog/EmoEvaluation/Attribute/\(dialogue)_atr.txt")
      try tree.write(TinyMedia.avi, to: "\(place)/dialog/avi/DivX/\(dialogue).avi")
      for turn in turns {
        try tree.write(
          TinyMedia.wave(400), to: "\(place)/sentences/wav/\(dialogue)/\(turn.name).wav")
      }
    }
    return tree
  }

  @Test func `turns of four emotions are taken, excited ones as happy`() throws {
    let tree = try Self.tree()
    let set = try tree.prepare(.iemocap(IEMOCAP()), rule: .held(["3"]))
    #expect(set.fault == nil)
    #expect(set.report.classes == ["Angry", "Happy", "Neutral", "Sad"])
    #expect(
      set.ids(.train) == [
        "Ses01F_impro01_F000", "Ses01F_impro01_F002", "Ses01F_impro01_F004", "Ses01F_impro01_M001",
        "Ses01F_impro01_M003",
      ])
    #expect(set.counts(.train) == [1, 2, 1, 1] && set.counts(.test) == [1, 2, 1, 1])
    #expect(set.report.index.dropped == ["emotion fru": 2, "emotion xxx": 2])
    #expect(set.groups(.train) == ["1"] && set.groups(.test) == ["3"])
    #expect(set.report.index.notes == ["only 2 sessions of 5: [1, 3]"])

    try set.write(to: PreparationFolder(tree.scratch["out"], isForced: false), isAbsolute: false)
    #expect(
      try tree.written("text_train.csv")[1]
        == "Ses01F_impro01_F000,Neutral,Said neu: [LAUGHTER] a]: b,1")
    let place = "IEMOCAP_full_release/Session3"
    #expect(
      try tree.written("video_test.csv").prefix(2) == [
        "id,label,path,group,start,end,half",
        "Ses03M_impro05a_F000,Neutral,\(place)/dialog/avi/DivX/Ses03M_impro05a.avi,3,0.2901,8.2357,both",
      ])
    #expect(
      try tree.written("audio_test.csv")[1]
        == "Ses03M_impro05a_F000,Neutral,\(place)/sentences/wav/Ses03M_impro05a/Ses03M_impro05a_F000.wav,3"
    )
  }

  @Test func `excited turns can be left out, and halves chosen by speaker`() throws {
    let tree = try Self.tree()
    var iemocap = IEMOCAP()
    (iemocap.countsExcited, iemocap.half, iemocap.grouping) = (false, .mLeft, .speaker)
    let set = try tree.prepare(.iemocap(iemocap), rule: .groups(share: 0.5, seed: 0))
    #expect(set.report.index.dropped == ["emotion exc": 2, "emotion fru": 2, "emotion xxx": 2])
    let entries = Part.allCases.flatMap { set.entries[$0] ?? [] }
    #expect(entries.count == 8)
    for entry in entries {
      let speaker = try #require(entry.sample.id.split(separator: "_").last?.first)
      #expect(entry.sample.group == "\(entry.sample.id.contains("Ses01") ? 1 : 3)\(speaker)")
      guard case .path(_, let cut) = entry.findings[.video] else {
        Issue.record("no film")
        continue
      }
      #expect(cut?.half == (speaker == "M" ? "left" : "right"))
    }
    #expect(set.groups(.test).isDisjoint(with: set.groups(.train)))
  }

  @Test func `films of single turns are taken where they are named`() throws {
    let tree = try Self.tree()
    try tree.write(TinyMedia.mpeg4, to: "turns/Ses01F_impro01_F000.mp4")
    try tree.write(TinyMedia.jpeg, to: "turns/Ses01F_impro01/Ses01F_impro01_M001/0.jpg")
    var iemocap = IEMOCAP()
    iemocap.video = "turns"
    let set = try tree.prepare(.iemocap(iemocap), rule: .held(["3"]))
    #expect(set.report.tally(.train).missing == [.video: 3])
    #expect(set.report.tally(.test).missing == [.video: 5])
  }

  @Test func `pictures of turns are taken, of frames the middle one`() throws {
    let tree = try Self.tree()
    for frame in ["00000", "00030", "00060", "00090"] {
      try tree.write(TinyMedia.jpeg, to: "frames/Ses01F_impro01_F000/\(frame).jpg")
    }
    try tree.write("x", to: "frames/Ses01F_impro01_F000/notes.txt")
    try tree.write("x", to: "frames/Ses01F_impro01_F002/notes.txt")
    for (number, _) in Self.codes.enumerated().dropFirst() {
      let name = "Ses01F_impro01_\(number % 2 == 0 ? "F" : "M")00\(number)"
      if number != 2 { try tree.write(TinyMedia.png, to: "frames/\(name).png") }
      try tree.write(
        TinyMedia.jpeg,
        to: "frames/\(name.replacing("Ses01F_impro01", with: "Ses03M_impro05a")).jpg")
    }
    var iemocap = IEMOCAP()
    iemocap.image = "frames"
    #expect(iemocap.media == [.audio, .image, .text])
    let set = try tree.prepare(.iemocap(iemocap), rule: .held(["3"]))
    #expect(set.report.faults.map(\.fault.path) == ["frames/Ses01F_impro01_F002"])
    #expect(set.report.absences.map(\.id) == ["Ses03M_impro05a_F000"])
    let first = set.entries[.train]?.first?.findings[.image]
    #expect(first == .path("frames/Ses01F_impro01_F000/00060.jpg", cut: nil))
    iemocap.video = "films"
    #expect(iemocap.media == [.audio, .image, .video, .text])
  }

  @Test func `films that are cut off are told`() throws {
    let tree = try Self.tree()
    let film = "IEMOCAP_full_release/Session1/dialog/avi/DivX/Ses01F_impro01.avi"
    for (count, faults) in [(1, [:]), (2, ["truncated": 5])] {
      try tree.write(Array(TinyMedia.avi.dropLast(count)), to: film)
      #expect(try tree.prepare(.iemocap(IEMOCAP()), rule: .held(["3"])).faults == faults)
    }
    // A length that nobody filled in.
    try tree.write(
      Array("RIFF".utf8) + TinyMedia.little(0xffff_ffff, 4) + Array("AVI LIST".utf8), to: film)
    #expect(try tree.prepare(.iemocap(IEMOCAP()), rule: .held(["3"])).faults == [:])
  }

  @Test func `MLA's lists are read`() throws {
    let tree = try Self.tree()
    func line(_ id: String, _ label: String) -> String {
      "\(id).mp4 [split|sign] What, a \"word\" Sad [split|sign] \(label)\n"
    }
    try tree.scratch.write(
      line("Ses01F_impro01_F000", "Neutral") + line("Ses01F_impro01_M001", "Angry"),
      to: "my_train.txt")
    try tree.scratch.write(
      line("Ses03M_impro05a_F000", "Neutral") + line("Ses03M_impro05a_M003", "Sad")
        + line("Ses02F_impro01_F000", "Neutral"), to: "my_test.txt")
    let set = try tree.prepare(
      .iemocap(IEMOCAP()), rule: .lists(["my_train.txt", "my_test.txt"].map { tree.scratch[$0] }))
    #expect(set.ids(.train) == ["Ses01F_impro01_F000", "Ses01F_impro01_M001"])
    #expect(set.ids(.test) == ["Ses03M_impro05a_F000", "Ses03M_impro05a_M003"])
    #expect(set.division.otherLabels.map(\.name) == ["Ses03M_impro05a_M003 (Sad)"])
    #expect(set.division.unknown.map(\.name) == ["Ses02F_impro01_F000"])
    #expect(set.report.inNoPart == 6)
  }

  @Test func `odd files, odd turns and missing transcripts are counted`() throws {
    let tree = try Self.tree()
    let labels = "IEMOCAP_full_release/Session1/dialog/EmoEvaluation"
    try tree.write("", to: "\(labels)/notes.txt")
    try tree.write(
      "[1.5 - 2.5]\tSes01F_impro02_X000\tneu\t[0, 0, 0]\n[1.5 - 2.5]\tSes01F_impro02_F000\tneu\t[0, 0, 0]\n"
        + "[1.5 - 2.5]\tSes01F_impro02_F000\tneu\t[0, 0, 0]\n", to: "\(labels)/Ses01F_impro02.txt")
    let set = try tree.prepare(.iemocap(IEMOCAP()), rule: .held(["3"]))
    #expect(set.report.index.oddNames.map(\.name) == ["Ses01F_impro02_X000", "notes.txt"])
    #expect(set.report.tally(.train).missing == [.audio: 1, .video: 1, .text: 1])
    #expect(set.report.tally(.train, "Neutral").duplicates == 1)
  }

  @Test func `refusals say what is wrong`() throws {
    let tree = try Self.tree()
    tree.expectRefusal(
      .iemocap(IEMOCAP()), "--test-session: found '5', but the set has '1', '3'")
    try tree.write(
      "[6.29 8.23]\tSes01F_impro01_F000\tneu\n",
      to: "IEMOCAP_full_release/Session1/dialog/EmoEvaluation/Ses01F_impro01.txt")
    tree.expectRefusal(
      .iemocap(IEMOCAP()), rule: .held(["3"]),
      "set/IEMOCAP_full_release/Session1/dialog/EmoEvaluation/Ses01F_impro01.txt:1: found '[6.29"
        + " 8.23]\\u{9}Ses01F_impro01_F000\\u{9}neu', expected times in brackets, a turn and an emotion with"
        + " tabs between them")
    let empty = try SetTree()
    try empty.write("", to: "x")
    empty.expectRefusal(
      .iemocap(IEMOCAP()),
      "set: holds no folder Session1 to Session5, expected IEMOCAP_full_release")
  }
}
