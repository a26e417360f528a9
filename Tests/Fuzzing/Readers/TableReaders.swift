import Datasets
import MPI

extension Readers {
  /// Manifests, lists of ids, host files.
  static let tables = [
    Reader("manifest", file: "list.csv", csv("index", ["a,0,0", "b,dog,1", "\"c \"\"x\"\"\",2,2"]))
    { folder in
      try folder.write(floats, to: "values.npy")
      return { _ in
        try open(
          .arrays(.init(train: .init(values: "values.npy", manifest: "list.csv"), test: nil)),
          folder)
      }
    },
    Reader(
      "texts", file: "texts.csv",
      csv("text", ["a,0,two words", "b,dog,\"one, two\nthree\"", "c,owl,"])
    ) { folder in
      var options = TextOptions()
      options.train = ["texts.csv"]
      options.test = ["texts.csv"]
      options.minimumCount = 1
      return { [options] _ in try open(.text(options), folder) }
    },
    Reader("texts-gb18030", file: "texts.csv", try gb18030Texts()) { folder in
      var options = TextOptions()
      (options.train, options.tokens) = (["texts.csv"], .characters)
      (options.encoding, options.empty) = (.utf8OrGB18030, .missing)
      return { [options] _ in try open(.text(options), folder) }
    },
    Reader(
      "word-pieces", file: "vocab.txt",
      TextFormat.format(
        seeds: [
          "[PAD]\n[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\nword\n##s\n", "[PAD]\r\n[UNK]\r\n",
        ],
        tokens: ["[PAD]\n", "[UNK]\n", "[CLS]\n", "[SEP]\n", "##", "a", "aff", "\n", "\u{e9}"])
    ) { folder in
      try folder.write(
        Array("id,label,text\na,0,unaffable words \u{e9}\nb,1,\n".utf8), to: "texts.csv")
      var options = TextOptions()
      (options.train, options.tokens) = (["texts.csv"], .wordpiece)
      (options.vocabularyFile, options.length) = ("vocab.txt", 8)
      return { [options] _ in try open(.text(options), folder) }
    },
    Reader(
      "groups", file: "groups.csv",
      TextFormat.csv(
        "id,group", rows: ["a,g 1", "b,", "\"c \"\"x\"\"\",g 1"],
        tokens: ["id", "group", "a", "b", "g 1", "extra,"])
    ) { path in
      _ = try GroupFile(path: path)
    },
    Reader("sound-list", file: "sounds.csv", csv("path", ["a,0,tone.wav", "b,dog,\"./tone.wav\""]))
    { folder in
      try folder.write(SoundSeeds.wave, to: "tone.wav")
      var options = AudioOptions()
      options.train = ["sounds.csv"]
      options.seconds = 0.05
      return { [options] _ in try open(.audio(options), folder) }
    },
    Reader(
      "ids", file: "ids.txt",
      TextFormat.format(seeds: ["a\nb\nc\n", "1\r\n2\r\n3"], tokens: ["a", "b", "c", "\n"])
    ) {
      folder in
      try folder.write(floats, to: "values.npy")
      try folder.write(labels, to: "labels.npy")
      let split = ArraySplit(values: "values.npy", labels: "labels.npy", ids: "ids.txt")
      return { _ in try open(.arrays(.init(train: split, test: nil)), folder) }
    },
    Reader(
      "hosts", file: "hosts.txt",
      TextFormat.format(
        seeds: [
          "node1 slots=2\nnode2 slots=4 max_slots=8 # spare\n", "user@a.b-c\r\n",
          "# none\n\nlocalhost slots = 1",
        ],
        tokens: [
          "node1", " ", "\n", "slots", "=", "2", "max_slots=", "#", "@", "+n", "^", ":",
          "localhost",
        ])
    ) { path in
      _ = try HostFile(path: path)
    },
  ]

  /// A table with Chinese text, in both encodings.
  private static func gb18030Texts() throws -> Format {
    let text = "id,label,text\na,0,\u{597d}\u{770b}\u{2026}\nb,1,\u{7535}\u{5f71} film\n"
    // The same in GB 18030, and characters of four bytes.
    let bytes: [UInt8] =
      Array("id,label,text\na,0,".utf8) + [0xba, 0xc3, 0xbf, 0xb4, 0xa1, 0xad]
      + Array("\nb,1,".utf8) + [0xb5, 0xe7, 0xd3, 0xb0, 0x81, 0x30, 0x89, 0x37, 0x0a]
    var format = TextFormat.csv("id,label,text", rows: ["a,0,two words"], tokens: classes)
    format.seeds += utf8([text]) + [bytes]
    format.tokens += [[0xba, 0xc3], [0xa1, 0xad], [0x81, 0x30, 0x89, 0x37], [0x81], [0xff]]
    return format
  }

  private static func csv(_ column: String, _ rows: [String]) -> Format {
    TextFormat.csv(
      "id,label,\(column)", rows: rows,
      tokens: classes + ["id", "label", column, "0", "2", "7", "extra,"])
  }
}
