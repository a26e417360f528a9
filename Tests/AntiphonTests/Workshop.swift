import Datasets
import Tensors
import TestSupport

/// A folder with small data sets, configurations and runs, all made from a seed.
struct Workshop {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A run's keys for quick tests; one BLAS thread a rank, as everywhere where bits matter.
  static let head = """
    classes: 3
    features: 8
    epochs: 2
    batch_size: 16
    execution: {threads: 1}
    modalities:

    """

  /// Two modalities of the same samples, called a and b: `pair.yaml`.
  static func pair() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.vectors("a", width: 5, train: ids("train", 0..<90), test: ids("test", 0..<45))
    try workshop.vectors("b", width: 4, train: ids("train", 0..<90), test: ids("test", 0..<45))
    try workshop.scratch.write(
      head + modality("a", hidden: 8) + modality("b", hidden: 6), to: "pair.yaml")
    return workshop
  }

  /// Three modalities that share only some of their samples, with others dropped at random:
  /// `uneven.yaml`. Ids need quotes in CSV, so that quoting is tested wherever they go.
  static func uneven() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.vectors(
      "a", width: 5, train: ids("x,\"", 0..<70), test: ids("y\u{E9}, ", 0..<30))
    try workshop.vectors(
      "b", width: 4, train: ids("x,\"", 30..<100), test: ids("y\u{E9}, ", 12..<50))
    try workshop.vectors(
      "c", width: 3, train: ids("x,\"", 60..<85), test: ids("y\u{E9}, ", 40..<60))
    try workshop.scratch.write(
      head + modality("a", hidden: 8, missing: (0.2, 0.3))
        + modality("b", hidden: 6, standardise: "feature", missing: (0.1, 0.1))
        + modality("c", hidden: 5), to: "uneven.yaml")
    return workshop
  }

  /// Sound files and images with convolutional encoders: `cnn.yaml`.
  static func convolutional() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.images(train: 48, test: 24)
    try workshop.sounds(train: 48, test: 24)
    try workshop.scratch.write(
      head + """
          sound:
            data:
              kind: wav
              train: [sound_train.csv]
              test: [sound_test.csv]
              sample_rate: 8000
              seconds: 0.25
              spectrogram: {kind: log_mel, window: 256, hop: 128, bands: 8}
            encoder: {kind: cnn, channels: [4, 4]}
          image:
            data:
              kind: idx
              train: {images: train-images, manifests: image_train.csv}
              test: {images: test-images, manifests: image_test.csv}
            encoder: {kind: cnn, channels: [3, 4], norm: none, pooling: mean}

        """, to: "cnn.yaml")
    return workshop
  }

  /// Texts under a transformer beside vectors: `texts.yaml`.
  static func texts() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.vectors("a", width: 5, train: ids("train", 0..<60), test: ids("test", 0..<30))
    try workshop.texts(train: 60, test: 30)
    try workshop.scratch.write(
      head + modality("a", hidden: 6) + """
          words:
            data: {kind: text, train: words_train.csv, test: words_test.csv, length: 7}
            encoder:
              {kind: transformer, input: text, depth: 1, width: 12, heads: 2, dropout: 0.1}
            optimizer: {kind: adamw, lr: 0.003, clip_norm: 1}
            augment: {unknown: 0.2}

        """, to: "texts.yaml")
    return workshop
  }

  /// Texts as word pieces in a bag of words, two samples a group: `pieces.yaml`.
  static func pieces() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.texts(train: 60, test: 30)
    let pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "poor", "fair", "good", "w"]
    let numbers = (0..<20).map { "##\($0)" }
    try workshop.scratch.write(
      (pieces + numbers).joined(separator: "\n") + "\n", to: "vocab.txt")
    let rows = (0..<60).map { "train\($0),group \($0 / 6 * 3 + $0 % 3)\n" }
    try workshop.scratch.write("id,group\n" + rows.joined(), to: "groups.csv")
    try workshop.scratch.write(
      head + """
          words:
            data:
              kind: text
              train: words_train.csv
              test: words_test.csv
              length: 9
              tokens: wordpiece
              vocabulary_file: vocab.txt
            encoder: {kind: bag_of_words, ngrams: 2, buckets: 64}
            augment: {unknown: 0.1}

        """, to: "pieces.yaml")
    return workshop
  }

  /// Makes a run's description one of a build before models stood by themselves.
  func makeOlderModel(of run: String, sampleShapes: [[Int]]) throws {
    try scratch.write(
      """
      {"format": 1, "configuration": "configuration.yaml", "epochs": 2,
       "weights": "weights/epoch-0002", "sample_shapes": \(sampleShapes)}
      """, to: "\(run)/model.json")
  }

  static func ids(_ prefix: String, _ numbers: Range<Int>) -> [String] {
    numbers.map { "\(prefix)\($0)" }
  }

  private static func modality(
    _ name: String, hidden: Int, standardise: String = "none",
    missing: (train: Double, test: Double) = (0, 0)
  ) -> String {
    """
      \(name):
        data:
          kind: arrays
          train: {values: \(name)_train.npy, manifest: \(name)_train.csv}
          test: {values: \(name)_test.npy, manifest: \(name)_test.csv}
          standardise: \(standardise)
        encoder: {kind: mlp, hidden: [\(hidden)]}
        missing: {train: \(missing.train), test: \(missing.test)}

    """
  }
}

// MARK: - Data

extension Workshop {
  /// Vectors around one centre a class. A sample's class follows from the last digits of its id, so
  /// that modalities agree about it.
  func vectors(_ name: String, width: Int, train: [String], test: [String]) throws {
    var generator = SeededGenerator(seed: 1, stream: "centres/\(name)")
    let centres = (0..<3).map { _ in (0..<width).map { _ in Float(2 * generator.normal()) } }
    for (split, ids) in [("train", train), ("test", test)] {
      var generator = SeededGenerator(seed: 1, stream: "noise/\(name)/\(split)")
      let values = ids.flatMap { id in
        centres[label(of: id)].map { $0 + Float(generator.normal()) }
      }
      try NPYWriter.write(
        NPYWriter.bytes(values, shape: [ids.count, width]),
        to: scratch["\(name)_\(split).npy"])
      let rows = ids.enumerated().map { row, id in
        "\"\(id.replacing("\"", with: "\"\""))\",\(label(of: id)),\(row)\n"
      }
      try scratch.write("id,label,index\n" + rows.joined(), to: "\(name)_\(split).csv")
    }
  }

  private func label(of id: String) -> Int {
    (Int(String(id.reversed().prefix { $0.isNumber }.reversed())) ?? 0) % 3
  }

  /// 8 x 8 images: a bright stripe in a row that depends on the class.
  private func images(train: Int, test: Int) throws {
    for (split, count) in [("train", train), ("test", test)] {
      var generator = SeededGenerator(seed: 2, stream: "images/\(split)")
      var bytes: [UInt8] = [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, 8, 0, 0, 0, 8]
      for sample in 0..<count {
        for place in 0..<64 {
          let isStripe = place / 8 == 2 * (sample % 3) + 1
          bytes.append(UInt8(generator.integer(below: 60) + (isStripe ? 150 : 0)))
        }
      }
      try scratch.write(bytes, to: "\(split)-images")
      let rows = (0..<count).map { "\(split)\($0),\($0 % 3),\($0)\n" }
      try scratch.write("id,label,index\n" + rows.joined(), to: "image_\(split).csv")
    }
  }

  /// One to nine words, the first of which depends on the class.
  private func texts(train: Int, test: Int) throws {
    for (split, count) in [("train", train), ("test", test)] {
      var generator = SeededGenerator(seed: 4, stream: "texts/\(split)")
      let rows = (0..<count).map { sample in
        let rest = (0..<generator.integer(below: 9)).map { _ in "w\(generator.integer(below: 20))" }
        // What remains of a heart is a word too: a mark alone. Rare, so that others stand before it.
        let heart = sample % 5 == 0 ? ["\u{2764}\u{FE0F}"] : []
        let words = [["poor", "fair", "good"][sample % 3]] + heart + rest
        return "\(split)\(sample),\(sample % 3),\(words.joined(separator: " "))\n"
      }
      try scratch.write("id,label,text\n" + rows.joined(), to: "words_\(split).csv")
    }
  }

  /// A quarter of a second of noise on a tone whose pitch depends on the class, 16 bits at 8 kHz.
  private func sounds(train: Int, test: Int) throws {
    for (split, count) in [("train", train), ("test", test)] {
      var generator = SeededGenerator(seed: 3, stream: "sounds/\(split)")
      var rows = "id,label,path\n"
      for sample in 0..<count {
        let period = 8 << (sample % 3)
        let pcm = (0..<2000).flatMap { time -> [UInt8] in
          let tone = time % period < period / 2 ? 4000 : -4000
          let value = Int16(tone + Int(1500 * generator.normal()).clamped(to: -20000...20000))
          return withUnsafeBytes(of: value.littleEndian, Array.init)
        }
        try scratch.write(wave(pcm), to: "sounds/\(split)\(sample).wav")
        rows += "\(split)\(sample),\(sample % 3),sounds/\(split)\(sample).wav\n"
      }
      try scratch.write(rows, to: "sound_\(split).csv")
    }
  }

  /// The bytes of a WAV file of 16-bit samples at 8 kHz.
  func wave(_ pcm: [UInt8]) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let format =
      little(1, 2) + little(1, 2) + little(8000, 4) + little(16000, 4) + little(2, 2)
      + little(16, 2)
    return Array("RIFF".utf8) + little(36 + pcm.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
      + format + Array("data".utf8) + little(pcm.count, 4) + pcm
  }
}

extension Int {
  func clamped(to range: ClosedRange<Int>) -> Int {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
