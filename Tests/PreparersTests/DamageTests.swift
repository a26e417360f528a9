import Storage
import Tensors
import TestSupport
import Testing

@testable import Preparers

/// Whatever bytes stand in a file, they are read, or refused with a sentence.
@Suite struct DamageTests {
  /// `bytes` with a few of them changed, lost or doubled.
  private static func damaged(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0...generator.integer(below: 4) where !bytes.isEmpty {
      let place = generator.integer(below: bytes.count)
      switch generator.integer(below: 4) {
      case 0: bytes[place] = UInt8(generator.integer(below: 256))
      case 1: bytes[place] ^= 1 << UInt8(generator.integer(below: 8))
      case 2: bytes.removeSubrange(place...)
      default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
      }
    }
    return bytes
  }

  @Test(arguments: [
    (Medium.audio, TinyMedia.wave(500)), (.image, TinyMedia.jpeg),
    (.image, TinyMedia.jpeg + [1, 2]),
    (.image, TinyMedia.png), (.video, TinyMedia.flash), (.video, TinyMedia.mpeg4),
    (.video, TinyMedia.avi),
  ])
  func `a damaged file is found fine or has one sentence`(medium: Medium, whole: [UInt8]) throws {
    let scratch = try Scratch()
    let check = FileCheck(folder: try SetFolder(scratch.path))
    var generator = SeededGenerator(seed: 1, stream: "\(medium)\(whole.count)")
    for _ in 0..<300 {
      try scratch.write(Self.damaged(whole, &generator), to: "file")
      if case .broken(let fault) = try check.finding(.path(["file"]), of: medium) {
        #expect(!fault.problem.isEmpty && !fault.problem.contains("\n"))
      }
    }
  }

  @Test(arguments: [
    ("train.csv", "1088_IOM_NEU_XX,NEU\r\n--4-0ihtnBU_000058_000068,10,4\r\n"),
    ("splits.csv", "id,split,group\n\"a,1\",train,b\nc,test,d\n"),
    ("test.jsonl", #"{"id": 1, "label": "a", "img": "x/é.jpg"}"# + "\n{\"id\": \"b\"}\n"),
    ("dev.txt", "a b.flv Sad\nSes01.mp4 [split|sign] words, more [split|sign] Angry\n\u{e9}\n"),
  ])
  func `a damaged list is read or refused`(name: String, text: String) throws {
    let scratch = try Scratch()
    var generator = SeededGenerator(seed: 2, stream: name)
    for _ in 0..<300 {
      try scratch.write(Self.damaged(Array(text.utf8), &generator), to: name)
      do { _ = try SplitList(scratch[name]) } catch { #expect(error is FileError) }
    }
  }

  @Test func `damaged labels of every set are read or refused`() throws {
    let labels: [(set: SetChoice, files: [String: String])] = [
      (
        .cremad(CREMAD()),
        ["SentenceFilenames.csv": "\"n\",\"Filename\"\n1,\"1001_IEO_ANG_LO\"\n2,\"x\""]
      ),
      (
        .kineticsSounds(KineticsSounds()),
        [
          "train.csv": "label,youtube_id,time_start,time_end\nsinging,--4-0ihtnBU,58,68\n",
          "val.csv": "label,youtube_id,time_start,time_end\n\"singing\",--4-0ihtnBX,58,68\n",
        ]
      ),
      (
        .food101(Food101()),
        [
          "texts/train_titles.csv": "a_1.jpg,\"A, \"\"b\"\"\",a\n",
          "texts/test_titles.csv": "a_2-3.jpg,,a\n",
        ]
      ),
      (
        .mvsa(MVSA()),
        ["labelResultAll.txt": "ID\ttext,image\n1\tpositive,neutral\r\n2\tneutral,neutral"]
      ),
      (
        .iemocap(IEMOCAP()),
        [
          "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt":
            "% [S]\n\n[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5, 2.5]\n",
          "Session1/dialog/transcriptions/Ses01F_impro01.txt":
            "Ses01F_impro01_F000 [6-8]: Words.\nM: x\n",
        ]
      ),
    ]
    for (set, files) in labels {
      let tree = try SetTree()
      var generator = SeededGenerator(seed: 3, stream: "\(files.keys.sorted())")
      for _ in 0..<100 {
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
          try tree.write(Self.damaged(Array(text.utf8), &generator), to: name)
        }
        do {
          let preparation = try tree.prepare(set)
          #expect(preparation.fault != nil, "nothing of it can be used")
        } catch {
          #expect(error is FileError, "\(error)")
        }
      }
    }
  }
}
