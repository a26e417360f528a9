import Configuration
import Coordinator
import Datasets
import Exchange
import Foundation
import MLA
import Methods
import Networks
import Tensors

extension Readers {
  /// What ranks say to each other: every kind of message, and what the coordinator makes of what
  /// workers say that they have.
  static let messages = [
    Reader("messages", file: "message.bin", try MessageSeeds.format()) { folder in
      let known = Dictionary(
        MessageSeeds.all.map { (type(of: $0).kind.code, $0) },
        uniquingKeysWith: { first, _ in first })
      return { _ in
        let bytes = try folder.bytes("message.bin")
        let code = bytes.count < 4 ? 0 : bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
        guard let message = known[code] else { throw ExchangeError.misfit(kind: nil, number: -1) }
        let received = try message.read(from: Frame(bytes))
        guard let inventory = received as? Inventory else { return }
        _ = try RosterBuilder([MessageSeeds.inventory, inventory], configuration: MessageSeeds.run)
      }
    }
  ]
}

/// A message of every kind.
private enum MessageSeeds {
  static let run: RunConfiguration = {
    var run = RunConfiguration(
      classes: Readers.classes,
      modalities: ["x", "y"].map {
        ModalityConfiguration(name: $0, source: .synthetic(.init()), encoder: .mlp(.init()))
      })
    run.data.validationFraction = 0.3
    return run
  }()

  static let inventory = Inventory(
    host: "node1", sampleShape: [2, 3],
    train: .init(ids: ["a", "b", "c"], labels: [0, 1, 2], groups: ["g", "", "g"]),
    test: .init(ids: ["d", "e"], labels: [2, 0], hasWrittenIDs: false), warnings: ["odd"])

  /// Buffers are what messages are read into; their sizes are what the receiver expects.
  static var all: [any Message] {
    var directive = Directive()
    directive.evaluate = .test
    (directive.checkpoint, directive.superseded) = ("weights/epoch-0001", ["weights/epoch-0000"])
    var report = WorkerReport()
    report.weightsDigest = "0123abcd"
    report.followers = [WorkerReport()]
    report.notes = [MethodNote("weight", [0.5, 0.5]), MethodNote("cosine", [-0.25])]
    var logits = JointLogits(Buffer<Float>(6))
    (logits.score, logits.zero) = (0.5, [1, 2, 3])
    var gradient = LogitGradient(Buffer<Float>(6))
    (gradient.scale, gradient.zero) = (0.5, [1, 2, 3])
    let rows: [[Int32]] = [[0, 1, -1], [-1, 0, 1]]
    let roster = Roster(sampleCount: 3, rows: rows)
    let work = Assignment.Work(
      modality: 1, place: GroupPlace(ranks: 2..<4, index: 1), configuration: "classes: 3",
      runDirectory: "/runs/a", weights: "", coordinator: "c")
    let part = CheckpointPart(files: [.init(name: "a", byteCount: 5, sha256: "0123")])
    var asked = Assignment.Prediction()
    (asked.modality, asked.configuration, asked.sampleShape) = (1, "classes: 3", [2, 3])
    (asked.path, asked.ids, asked.input) = ("x.npy", "x.ids", .listed)
    let inspected = Assignment.Part(
      runDirectory: "/runs/a", folder: "weights/epoch-0001", part: part, checkpoints: ["x"])
    return [
      inventory, Assignment.work(work), Assignment.inspect(inspected), part,
      Assignment.predict(asked), MorePredictions(),
      PredictedLogits(
        heads: [EvaluatedLogits([1, 2, 3], featureNorms: [4])], unread: [0], problems: ["no"]),
      Likeness(contents: [0, -1], pairs: [.init(first: 0, second: 1, similarity: 1)]),
      FeatureCentres(sums: [1, 2, 3, 4], counts: [1, 2], leftOut: [0, 1]),
      TurnOrder([1, 0]), Inspection(problem: "no"), directive, report,
      EvaluatedHead(Buffer<Float>(9)), EvaluatedLogits([1, 2, 3], featureNorms: [4]),
      Rosters(train: roster, validation: roster, test: roster),
      Ready(parameterCount: 7), Refusal("no"), Greeting(host: "node1"), TurnHead(Buffer<Float>(9)),
      HeadUpdate(meanFeature: Buffer<Double>(2), gradient: Buffer<Float>(9)),
      Progress(TrainingTotals(samples: 4, correct: 1, lossSum: 2)), logits, gradient,
      TrialLogits(Buffer<Float>(6)), TrialLosses(),
      Assignment.record(Assignment.Recording(capacity: 8, machine: "node1 0")),
      RankTrace(
        host: "node1", contents: TraceContents(names: ["forward", "head"], droppedCount: 3)),
    ]
  }

  static func format() throws -> Format {
    let seeds = try all.map { message in
      let code = UInt64(type(of: message).kind.code)
      let frame = Frame(little(code, 4) + little(0, 4) + little(-1, 8))
      try message.write(to: frame)
      return frame.wholeBytes
    }
    return Format(
      seeds: seeds,
      tokens: [1, 3, 1 << 20, -1].map { little($0, 8) } + utf8(["a", "\u{1b}", "\u{fffd}"]))
  }
}
