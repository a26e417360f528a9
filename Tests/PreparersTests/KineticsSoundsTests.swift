import TestSupport
import Testing

@testable import Preparers

@Suite struct KineticsSoundsTests {
  private static func sounds() -> SetChoice {
    var set = KineticsSounds()
    set.classes = ["playing guitar", "tap dancing"]
    return .kineticsSounds(set)
  }

  /// Two classes, with class folders as they are spelt in the annotations, and with underscores.
  private static func tree() throws -> SetTree {
    let tree = try SetTree()
    try tree.write(
      """
      label,youtube_id,time_start,time_end,split,is_cc
      "playing guitar",--4-0ihtnBU,58,68,train,0
      tap dancing,a_b_c-d_e-f,1,11,train,1
      tap dancing,-3Mwkq-7TV4,2,12,train,0
      playing guitar,ZZZZZZZZZZZ,0,10,train,0
      abseiling,AAAAAAAAAAA,0,10,train,0
      tap dancing,short,1,11,train,0
      playing guitar,ZZZZZZZZZZZ,0,10,train,0

      """, to: "train.csv")
    try tree.write(
      """
      label,youtube_id,time_start,time_end,split
      tap dancing,bbbbbbbbbbb,100,110,val
      playing guitar,ccccccccccc,7,17,val
      playing guitar,ccccccccccc,47,57,val

      """, to: "validate.csv")
    for clip in [
      "train/playing guitar/--4-0ihtnBU_000058_000068",
      "train/tap_dancing/a_b_c-d_e-f_000001_000011",
      "train/-3Mwkq-7TV4_000002_000012", "val/tap dancing/bbbbbbbbbbb_000100_000110",
      "validation/playing_guitar/ccccccccccc_000007_000017",
      "val/ccccccccccc_000047_000057",
    ] {
      try tree.write(TinyMedia.mpeg4, to: "\(clip).mp4")
    }
    return tree
  }

  @Test func `clips are found where Kinetics puts them, and ids are cut from the right`() throws {
    let tree = try Self.tree()
    let set = try tree.prepare(Self.sounds())
    #expect(set.fault == nil)
    #expect(
      set.ids(.train) == [
        "--4-0ihtnBU_000058_000068", "-3Mwkq-7TV4_000002_000012", "ZZZZZZZZZZZ_000000_000010",
        "a_b_c-d_e-f_000001_000011",
      ])
    #expect(
      set.ids(.test) == [
        "bbbbbbbbbbb_000100_000110", "ccccccccccc_000007_000017", "ccccccccccc_000047_000057",
      ])
    #expect(set.groups(.test) == ["bbbbbbbbbbb", "ccccccccccc"])
    #expect(set.counts(.train) == [2, 2] && set.counts(.test) == [2, 1])
    #expect(set.report.index.oddNames.map(\.name) == ["short 1"])
    #expect(set.report.tally(.train, "playing guitar").duplicates == 1)
    #expect(
      set.report.absences.map(\.id) == ["ZZZZZZZZZZZ_000000_000010", "ZZZZZZZZZZZ_000000_000010"])
    try set.write(to: PreparationFolder(tree.scratch["out"], isForced: false), isAbsolute: false)
    #expect(
      try tree.written("audio_train.csv") == [
        "id,label,path,group",
        "--4-0ihtnBU_000058_000068,playing guitar,train/playing guitar/--4-0ihtnBU_000058_000068.mp4,--4-0ihtnBU",
        "-3Mwkq-7TV4_000002_000012,tap dancing,train/-3Mwkq-7TV4_000002_000012.mp4,-3Mwkq-7TV4",
        "a_b_c-d_e-f_000001_000011,tap dancing,train/tap_dancing/a_b_c-d_e-f_000001_000011.mp4,a_b_c-d_e-f",
      ])
    #expect(try tree.written("video_train.csv") == tree.written("audio_train.csv"))
  }

  @Test func `sounds beside the films are taken`() throws {
    let tree = try Self.tree()
    try tree.write(TinyMedia.wave(500), to: "audio/train/tap_dancing/a_b_c-d_e-f_000001_000011.wav")
    try tree.write(TinyMedia.wave(500), to: "audio/--4-0ihtnBU_000058_000068.wav")
    let set = try tree.prepare(Self.sounds())
    #expect(set.report.tally(.train).missing == [.audio: 2, .video: 1])
    #expect(set.report.tally(.test).missing == [.audio: 3])
  }

  @Test func `films that are cut off are told, wherever the cut is`() throws {
    let tree = try Self.tree()
    let whole = TinyMedia.mpeg4
    let clip = "train/-3Mwkq-7TV4_000002_000012.mp4"
    for (count, kind) in [
      (whole.count - 8, "truncated"), (30, "truncated"), (18, "truncated"), (0, "empty"),
    ] {
      try tree.write(Array(whole.prefix(count)), to: clip)
      #expect(try tree.prepare(Self.sounds()).faults == [kind: 2], "\(count)")
    }
    try tree.write(Array("no film".utf8), to: clip)
    #expect(try tree.prepare(Self.sounds()).faults == ["unreadable": 2])
    try tree.write(whole + [0, 0, 0, 0], to: clip)
    #expect(try tree.prepare(Self.sounds()).faults == [:])
  }

  @Test func `OGM-GE's lists are read, numbers and other cuts of names and all`() throws {
    let tree = try Self.tree()
    try tree.scratch.write(
      "--4-0ihtnBU_000058_000068,10,1\na_b_c-d_e-f_000001_000011,10,2\n", to: "my_train.txt")
    try tree.scratch.write("-3Mwkq-7TV4_2,10,23\nccccccccccc_47,10,1\n", to: "my_test.csv")
    let lists = ["my_train.txt", "my_test.csv"].map { tree.scratch[$0] }
    let set = try tree.prepare(Self.sounds(), rule: .lists(lists))
    #expect(set.ids(.train) == ["--4-0ihtnBU_000058_000068", "a_b_c-d_e-f_000001_000011"])
    #expect(set.ids(.test) == ["-3Mwkq-7TV4_000002_000012", "ccccccccccc_000047_000057"])
    #expect(set.report.inNoPart == 3 && set.division.otherLabels == [])
  }

  @Test func `whole videos are drawn`() throws {
    let set = try Self.tree().prepare(Self.sounds(), rule: .groups(share: 0.5, seed: 1))
    #expect(set.groups(.test).isDisjoint(with: set.groups(.train)))
    // Three videos of either class, of which a half is rounded up.
    #expect(set.groups(.test).count == 4 && set.groups(.train).count == 2)
  }

  @Test func `the usual classes are the paper's that Kinetics-400 has`() {
    #expect(KineticsSounds.usualClasses.count == 31)
    #expect(KineticsSounds.usualClasses == KineticsSounds.usualClasses.sorted { $0.precedes($1) })
  }

  @Test func `refusals say what is wrong`() throws {
    let tree = try Self.tree()
    try tree.write("label,youtube_id,time_start\n", to: "train.csv")
    tree.expectRefusal(
      Self.sounds(),
      "set/train.csv:1: there is no column 'time_end'; the columns are 'label', 'youtube_id', 'time_start'"
    )
    try tree.write("label,youtube_id,time_start,time_end\ntap dancing,x\n", to: "train.csv")
    tree.expectRefusal(
      Self.sounds(), "set/train.csv:2: has 2 fields, but the header has 4")
    try tree.scratch.remove("set/validate.csv")
    try tree.write("label,youtube_id,time_start,time_end\n", to: "train.csv")
    tree.expectRefusal(
      Self.sounds(),
      "set: holds no val.csv or validate.csv, expected the annotations of Kinetics-400")
  }
}
