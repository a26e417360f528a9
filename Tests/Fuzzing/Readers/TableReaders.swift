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

  private static func csv(_ column: String, _ rows: [String]) -> Format {
    TextFormat.csv(
      "id,label,\(column)", rows: rows,
      tokens: classes + ["id", "label", column, "0", "2", "7", "extra,"])
  }
}
