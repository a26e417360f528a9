import Configuration
import Coordinator
import Exchange
import Tensors
import TestSupport

@testable import Runs

/// Three modalities of 60 training and 30 test samples that know nothing of each other, in which leaks can be
/// planted: vectors, texts and sounds, in files.
struct LeakyData {
  /// A sample of every modality.
  struct Sample {
    var id: String
    var label: Int
    /// The label that the texts' manifest gives, where it is another.
    var wordsLabel: Int?
    /// The id in the texts' manifest, where it is another.
    var wordsID: String?
    var group: String
    var numbers: [Float]
    var words: [String]
    var sound: [Int16]
    /// Whether the sound's file has a comment in front of the sound.
    var hasComment = false
  }

  /// Six samples in a row are of a group, two of each of three classes.
  var train: [Sample]
  var test: [Sample]
  /// What `data.groups` names, in place of the manifests' column; nil: the column.
  var groupFile: [(id: String, group: String)]?

  /// The words that texts are made of.
  static let words = (0..<60).map { "w\($0)" }

  /// Samples without any leak.
  init() {
    func samples(_ name: String, _ count: Int) -> [Sample] {
      var generator = SeededGenerator(seed: 2, stream: name)
      return (0..<count).map { number in
        Sample(
          id: "\(name)\(number)", label: number % 3, group: "\(name) group \(number / 6)",
          numbers: (0..<4).map { _ in Float(generator.normal()) },
          words: (0..<12).map { _ in Self.words[generator.integer(below: Self.words.count)] },
          sound: (0..<400).map { _ in Int16(generator.integer(below: 20_000) - 10_000) })
      }
    }
    (train, test) = (samples("train", 60), samples("test", 30))
  }

  /// Writes all files to a job's folder, and gives it the configuration.
  func write(to job: inout SmallJob) throws {
    for (name, samples) in [("train", train), ("test", test)] {
      let group = groupFile == nil
      func manifest(_ column: String, _ row: (Int, Sample) -> String) -> String {
        "id,label,\(column)\(group ? ",group" : "")\n"
          + samples.enumerated().map { "\(row($0, $1))\(group ? ",\($1.group)" : "")\n" }.joined()
      }
      try job.scratch.write(
        NPYWriter.bytes(samples.flatMap(\.numbers), shape: [samples.count, 4]),
        to: "\(name).npy")
      try job.scratch.write(
        manifest("index") { "\($1.id),\($1.label),\($0)" }, to: "numbers_\(name).csv")
      try job.scratch.write(
        manifest("text") { _, sample in
          "\(sample.wordsID ?? sample.id),\(sample.wordsLabel ?? sample.label),"
            + sample.words.joined(separator: " ")
        }, to: "words_\(name).csv")
      try job.scratch.write(
        manifest("path") { "\($1.id),\($1.label),\(name)/\($0).wav" }, to: "sound_\(name).csv")
      for (place, sample) in samples.enumerated() {
        try job.scratch.write(Self.wave(sample), to: "\(name)/\(place).wav")
      }
    }
    if let groupFile {
      try job.scratch.write(
        "id,group\n" + groupFile.map { "\($0.id),\($0.group)\n" }.joined(), to: "groups.csv")
    }
    job.configuration = try RunConfiguration.parse(
      """
      classes: [poor, fair, good]
      features: 6
      epochs: 15
      batch_size: 16
      seed: 4
      execution: {threads: 1}
      optimizer: {lr: 0.05}
      data: {root: \(job.scratch.path), validation: 0.2\(groupFile == nil ? "" : ", groups: groups.csv")}
      modalities:
        numbers:
          data:
            kind: arrays
            train: {values: train.npy, manifest: numbers_train.csv}
            test: {values: test.npy, manifest: numbers_test.csv}
        words:
          data: {kind: text, train: words_train.csv, test: words_test.csv, length: 16}
          encoder: {kind: bag_of_words}
        sound:
          data:
            kind: wav
            train: [sound_train.csv]
            test: [sound_test.csv]
            sample_rate: 8000
            seconds: 0.05
            spectrogram: {kind: log_mel, window: 128, hop: 64, bands: 8}
          encoder: {kind: cnn, channels: [2]}
      """, file: "leaky.yaml", baseDirectory: nil)
  }

  /// What an audit finds in these data.
  func audit(of run: String? = nil) throws -> SplitAudit {
    var job = try SmallJob()
    try write(to: &job)
    if let run { try job.train(run) }
    let found = Box<SplitAudit?>(nil)
    let directory = try run.map { try RunDirectory(existing: job.scratch[$0]) }
    try job.onRanks("audit") { [configuration = job.configuration] job in
      found.value = try job.audit(configuration, model: directory, asJSON: false, isStrict: false)
    }
    guard let audit = found.value else { throw SmallJob.Death() }
    return audit
  }

  /// A sample's sound as a file of 16 bits at 8 kHz.
  private static func wave(_ sample: Sample) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let pcm = sample.sound.flatMap { little(Int($0), 2) }
    let comment =
      sample.hasComment ? Array("LIST".utf8) + little(4, 4) + Array("INFO".utf8) : []
    let format =
      little(1, 2) + little(1, 2) + little(8000, 4) + little(16000, 4) + little(2, 2)
      + little(16, 2)
    return Array("RIFF".utf8) + little(36 + comment.count + pcm.count, 4)
      + Array("WAVEfmt ".utf8) + little(16, 4) + format + comment + Array("data".utf8)
      + little(pcm.count, 4) + pcm
  }
}
