import Exchange
import MLA
import Methods
import Tensors
import Testing

@testable import Coordinator

/// Every message between coordinator and worker arrives as it was sent.
@Suite struct MessageTests {
  @Test func `an assignment, and a dismissal`() throws {
    let work = Assignment.work(
      .init(
        modality: 3, place: GroupPlace(ranks: 4..<8, index: 2),
        configuration: "classes: 3\n# é\n", runDirectory: "/runs/a b",
        weights: "weights/epoch-0001", coordinator: "coordinator, host n1"))
    let found = try exchange {
      try $0.send(work, to: 1)
      try $0.send(Assignment.dismissed, to: 1)
    } _: {
      try [$0.receive(Assignment(), from: 0), $0.receive(Assignment(), from: 0)]
    }
    #expect(found == [work, .dismissed])
  }

  @Test func `a part of a prediction, and what it says`() throws {
    var part = Assignment.Prediction()
    (part.modality, part.configuration, part.weights) = (2, "classes: 3\n", "/runs/a/weights/x")
    (part.sampleShape, part.capacity, part.input) = ([3, 4, 1], 64, .text)
    (part.path, part.ids, part.root) = ("é\n\"x\"", "/a.ids", "/root")
    (part.leavesBroken, part.coordinator) = (true, "coordinator, host n1")
    let (found, said) = try exchange { [part] in
      var logits = PredictedLogits(
        heads: [
          EvaluatedLogits([1, -.infinity, 3, 4], featureNorms: [1, 2]),
          EvaluatedLogits([5, 6, 7, 8], featureNorms: [1, 2]),
        ], unread: [1], problems: ["no such file"])
      (logits.forwardSeconds, logits.readingSeconds) = (0.5, 0.25)
      try $0.send(Assignment.predict(part), to: 1)
      try $0.send(logits, number: 7, to: 1)
      try $0.send(MorePredictions(), number: 3, to: 1)
    } _: {
      let found = try $0.receive(Assignment(), from: 0)
      let said = try $0.receive(PredictedLogits(), number: 7, from: 0)
      _ = try $0.receive(MorePredictions(), number: 3, from: 0)
      return (
        found,
        [
          "\(said.heads.map(\.values)) \(said.heads.map(\.featureNorms))",
          "\(said.unread) \(said.problems) \(said.forwardSeconds) \(said.readingSeconds)",
        ]
      )
    }
    #expect(found == .predict(part))
    #expect(
      said == [
        "[[1.0, -inf, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]] [[1.0, 2.0], [1.0, 2.0]]",
        "[1] [\"no such file\"] 0.5 0.25",
      ])
  }

  @Test func `an inventory with ids of every kind`() throws {
    var inventory = Inventory(
      host: "n2", sampleShape: [8, 16, 1],
      train: .init(
        ids: ["a", "", "é,\"\n", "🦉"], labels: [0, 1, 2, 0],
        groups: ["", "é 1", "", "g"]),
      test: .init(ids: [], labels: [], hasWrittenIDs: false),
      warnings: ["odd: é,\n\"x\"", ""],
      leftOut: [.init(id: "é", path: "/data/a,b", problem: "is empty")],
      notes: ["begins with a", ""])
    (inventory.encoder, inventory.tokenCount) = ("encoder: mlp\n", 12)
    let found = try exchange { [inventory] in
      try $0.send(inventory, to: 1)
    } _: {
      try $0.receive(Inventory(), from: 0)
    }
    #expect(found == inventory)
  }

  /// Sends an inventory that may lie: the lengths of two splits' ids with their text, those of their
  /// groups, those of the warnings, of which there is one, and of the columns of what is left out.
  private func receiveInventory(
    lengths: [Int32], text: String, groups: [Int32] = [], warnings warningLengths: [Int32] = [3],
    leftOut: [[Int32]] = [[1], [2], [3]]
  ) throws -> Inventory {
    try exchange { endpoint in
      let frame = endpoint.frame(.inventory)
      frame.append("host")
      frame.append([1])
      frame.append("")
      frame.append(0)
      for text in ["Zen", "avx2"] { frame.append(text) }
      for count in [1, 2, 1, 3] { frame.append(count) }
      for _ in 0..<2 {
        frame.append(lengths)
        frame.append(text)
        frame.append([Int32](repeating: 0, count: lengths.count))
        frame.append(1)
        frame.append(groups)
        frame.append(String(repeating: "g", count: groups.count))
      }
      frame.append("digest")
      frame.append(warningLengths)
      frame.append("one")
      for lengths in leftOut {
        frame.append(lengths)
        frame.append(String(repeating: "x", count: lengths.reduce(0) { $0 + max(0, Int($1)) }))
      }
      frame.append([Int32]())
      frame.append("")
      try endpoint.send(frame, to: 1)
    } _: {
      try $0.receive(Inventory(), from: 0)
    }
  }

  @Test func `an inventory whose lengths lie is refused`() throws {
    #expect(try receiveInventory(lengths: [5, 7], text: "only twelve.").train.ids.count == 2)
    for (lengths, text) in [([5, 5, 5], "only twelve."), ([-3, 5], "ab")] as [([Int32], String)] {
      #expect(throws: ExchangeError.self) { try receiveInventory(lengths: lengths, text: text) }
    }
  }

  @Test func `an inventory has a group for each sample, or none`() throws {
    let told = try receiveInventory(lengths: [5, 7], text: "only twelve.", groups: [1, 1])
    #expect(told.train.groups == ["g", "g"] && told.test.group(of: 1) == "g")
    for groups in [[1], [1, 1, 1]] as [[Int32]] {
      #expect(throws: ExchangeError.self) {
        try receiveInventory(lengths: [5, 7], text: "only twelve.", groups: groups)
      }
    }
  }

  @Test func `an inventory that promises more warnings than it has is refused`() throws {
    #expect(throws: ExchangeError.self) {
      try receiveInventory(lengths: [], text: "", warnings: [3, .max])
    }
  }

  @Test func `an inventory whose files left out are not whole is refused`() throws {
    #expect(throws: ExchangeError.self) {
      try receiveInventory(lengths: [], text: "", leftOut: [[1, 1], [2], [3]])
    }
  }

  @Test(arguments: [(2, -1), (3, 2), (-1, 1), (-1, 0)])
  func `rosters whose counts lie are refused`(samples: Int, modalities: Int) throws {
    #expect(throws: ExchangeError.self) {
      try exchange { endpoint in
        let frame = endpoint.frame(.roster)
        for _ in 0..<3 {
          frame.append(samples)
          frame.append(modalities)
          for _ in 0..<max(0, modalities) { frame.append([0, 1] as [Int32]) }
        }
        try endpoint.send(frame, to: 1)
      } _: {
        _ = try $0.receive(Rosters(), from: 0)
      }
    }
  }

  @Test func `a directive to evaluate what nobody knows is refused`() throws {
    #expect(throws: ExchangeError.self) {
      try exchange { endpoint in
        let frame = endpoint.frame(.directive)
        for number in [0, 0, 0] { frame.append(number) }
        frame.append("")
        frame.append("rehearsal")
        for number in [0, 0] { frame.append(number) }
        try endpoint.send(frame, to: 1)
      } _: {
        try $0.receive(Directive(), from: 0)
      }
    }
  }

  @Test func `features and what was learned from them, with as many samples as there are`() throws {
    let found = try exchange {
      let features = Tensor([2], capacity: 4, count: 3)
      features.held.update(from: [1, 2, 3, 4, 5, 6])
      try $0.send(TurnFeatures(features), number: 7, to: 1)
      var update = LogitUpdate(Tensor([1], [7, 8, 9]))
      update.totals = TrainingTotals(samples: 3, correct: 1, lossSum: 2.5)
      try $0.send(update, number: 7, to: 1)
    } _: {
      let features = Tensor([2], capacity: 5)
      try $0.receive(TurnFeatures(features), number: 7, from: 0)
      let update = try $0.receive(LogitUpdate(Tensor([1], capacity: 5)), number: 7, from: 0)
      return [features.array, update.logitGradient.array, [Float(update.totals.lossSum)]]
    }
    #expect(found == [[1, 2, 3, 4, 5, 6], [7, 8, 9], [2.5]])
  }

  @Test(arguments: [-1, 2, 4, Int.max])
  func `features whose number lies are refused`(count: Int) {
    #expect(throws: ExchangeError.self) {
      try exchange {
        let frame = $0.frame(TurnFeatures.kind, number: 7)
        frame.append(count)
        for _ in 0..<6 { frame.append(Float(1)) }
        try $0.send(frame, to: 1)
      } _: {
        _ = try $0.receive(TurnFeatures(Tensor([2], capacity: 3)), number: 7, from: 0)
      }
    }
  }

  @Test func `rosters, also of nobody`() throws {
    var rosters = Rosters(
      train: Roster(sampleCount: 3, rows: [[0, -1, 1], [-1, 0, 1]]),
      validation: Roster(sampleCount: 0, rows: [[], []]),
      test: Roster(sampleCount: 1, rows: [[0], [-1]]))
    rosters.classWeights = [0.5, 2]
    let found = try exchange { [rosters] in
      try $0.send(rosters, to: 1)
    } _: {
      try $0.receive(Rosters(), from: 0)
    }
    #expect(found == rosters)
    #expect(rosters[.validation].sampleCount == 0 && rosters[.test].sampleCount == 1)
    rosters.classWeights[1] = 0
    #expect(throws: ExchangeError.self) {
      try exchange { [rosters] in
        try $0.send(rosters, to: 1)
      } _: {
        try $0.receive(Rosters(), from: 0)
      }
    }
  }

  @Test func `a directive, with a head and without`() throws {
    var directive = Directive()
    directive.evaluate = .validation
    directive.fitsFusion = true
    directive.keepsLogits = true
    directive.validates = true
    directive.awaitsCheckpoint = true
    directive.restores = "weights/epoch-0003"
    directive.epoch = 6
    directive.cycles = 3..<8
    directive.checkpoint = "weights/epoch-0007"
    directive.isReported = true
    directive.superseded = ["weights/epoch-0002", "weights/epoch-0003-cycle-00004"]
    directive.isLast = true
    let found = try exchange { [directive] endpoint in
      try endpoint.send(directive, number: 6, to: 1)
      try endpoint.send(EvaluatedHead(Buffer([1, -2, 3])), number: 6, to: 1)
      try endpoint.send(Directive(), number: 7, to: 1)
    } _: { endpoint in
      let first = try endpoint.receive(Directive(), number: 6, from: 0)
      let head = Buffer<Float>(3)
      try endpoint.receive(EvaluatedHead(head), number: 6, from: 0)
      return (first, head.array, try endpoint.receive(Directive(), number: 7, from: 0))
    }
    #expect(found.0 == directive && found.2 == Directive())
    #expect(found.1 == [1, -2, 3])
  }

  @Test func `sums of features, and none`() throws {
    let centres = FeatureCentres(sums: [0.5, -1, 0, 2], counts: [3, 0], leftOut: [0, 1])
    let found = try exchange {
      try $0.send(centres, number: 2, to: 1)
      try $0.send(FeatureCentres(), number: 2, to: 1)
    } _: {
      try [
        $0.receive(FeatureCentres(), number: 2, from: 0),
        $0.receive(FeatureCentres(), number: 2, from: 0),
      ]
    }
    #expect(found == [centres, FeatureCentres()])
    #expect(throws: ExchangeError.self) {
      try exchange {
        try $0.send(FeatureCentres(sums: [1, 2, 3], counts: [3, 0], leftOut: [0, 1]), to: 1)
      } _: {
        try $0.receive(FeatureCentres(), from: 0)
      }
    }
  }

  @Test func `a directive names each split that it asks for once, the validation split first`() {
    var directive = Directive()
    #expect(directive.evaluations == [])
    directive.evaluate = .test
    #expect(directive.evaluations == [.test])
    directive.fitsFusion = true
    #expect(directive.evaluations == [.validation, .test])
    directive.evaluate = .validation
    #expect(directive.evaluations == [.validation])
    directive.evaluate = nil
    #expect(directive.evaluations == [.validation])
    directive.fitsFusion = false
    #expect(directive.evaluations == [])
    (directive.validates, directive.evaluate) = (true, .test)
    #expect(directive.evaluations == [.validation, .test])
  }

  @Test func `logits with the norms of their features`() throws {
    let found = try exchange { endpoint in
      try endpoint.send(
        EvaluatedLogits([1, -2, 3, 4], featureNorms: [0.5, 7]), number: 6, to: 1)
    } _: { endpoint in
      let logits = try endpoint.receive(EvaluatedLogits(), number: 6, from: 0)
      return (logits.values, logits.featureNorms)
    }
    #expect(found.0 == [1, -2, 3, 4] && found.1 == [0.5, 7])
  }

  @Test func `a report`() throws {
    var report = WorkerReport()
    report.peakMemoryByteCount = 1 << 40
    report.weightsDigest = "abc"
    (report.phases.forward, report.phases.waiting) = (1.5, 2.25)
    let found = try exchange { [report] in
      try $0.send(report, number: 2, to: 1)
    } _: {
      try $0.receive(WorkerReport(), number: 2, from: 0)
    }
    #expect(found == report)
  }

  @Test func `a message with more than its fields is refused`() throws {
    let error = #expect(throws: ExchangeError.self) {
      try exchange {
        try $0.send(EvaluatedHead(Buffer([1, 2, 3])), number: 4, to: 1)
      } _: {
        try $0.receive(EvaluatedHead(Buffer(2)), number: 4, from: 0).values.array
      }
    }
    #expect(
      error?.description
        == "the message evaluatedHead of epoch 4 does not have the form that is expected; all ranks must run the same build and configuration"
    )
  }

  @Test func `a report of another epoch is refused`() throws {
    let error = #expect(throws: ExchangeError.self) {
      try exchange {
        try $0.send(WorkerReport(), number: 2, to: 1)
      } _: {
        try $0.receive(WorkerReport(), number: 3, from: 0)
      }
    }
    #expect(
      error?.description
        == "rank 1 expected report of epoch 3 from rank 0, but rank 0 sent report of epoch 2; all ranks must run the same build and configuration"
    )
  }

  @Test func `signs of life are not taken for messages, and turns stay in order`() throws {
    try exchange { endpoint in
      for turn in 0..<3 {
        try endpoint.send(endpoint.frame(.alive), to: 1)
        try endpoint.send(endpoint.frame(.probe, number: turn), to: 1)
      }
    } _: { endpoint in
      for turn in 0..<3 { try endpoint.receive(.probe, number: turn, from: 0) { _ in } }
    }
  }
}
