import Configuration
import Exchange
import MLA
import Methods
import Networks
import Datasets
import Testing

@testable import Coordinator

@Suite struct RosterBuilderTests {
  private func configuration(_ names: [String]) -> RunConfiguration {
    RunConfiguration(
      classes: ["cat", "dog", "owl"],
      modalities: names.map {
        ModalityConfiguration(name: $0, source: .synthetic(.init()), encoder: .mlp(.init()))
      })
  }

  private func inventory(
    _ train: [(String, Int32)], test: [(String, Int32)] = []
  ) -> Inventory {
    Inventory(
      host: "here", sampleShape: [1],
      train: .init(ids: train.map(\.0), labels: train.map(\.1)),
      test: .init(ids: test.map(\.0), labels: test.map(\.1)))
  }

  @Test func `samples are the union of ids, in the order in which they are first listed`() throws {
    let builder = try RosterBuilder(
      [
        inventory([("d", 0), ("b", 1)], test: [("t", 2)]),
        inventory([("b", 1), ("a", 2), ("d", 0)]),
        inventory([("c", 0), ("a", 2)], test: [("u", 0), ("t", 2)]),
      ], configuration: configuration(["x", "y", "z"]))
    // d, b, a, c.
    #expect(builder.trainLabels == [0, 1, 2, 0])
    #expect(
      builder.rosters.train
        == Roster(sampleCount: 4, rows: [[0, 1, -1, -1], [2, 0, 1, -1], [-1, -1, 1, 0]]))
    #expect(builder.ids(of: .test) == ["t", "u"] && builder.labels(of: .test) == [2, 0])
    #expect(
      builder.rosters.test == Roster(sampleCount: 2, rows: [[0, -1], [-1, -1], [1, 0]]))
    #expect(builder.rosters.validation.sampleCount == 0)
    #expect(builder.ids(of: .validation) == [] && builder.labels(of: .validation) == [])
  }

  @Test(arguments: [3, -1, .min, .max] as [Int32]) func `a label that is no class is refused`(
    label: Int32
  ) {
    let odd = [inventory([("a", 0)]), inventory([("b", 1)], test: [("c", label)])]
    let sentence =
      "modality y on host here has told the label \(label), but the labels of 3 classes are 0 to 2;"
      + " all ranks must run the same build and configuration"
    let error = #expect(throws: CoordinatorError.self) {
      try RosterBuilder(odd, configuration: configuration(["x", "y"]))
    }
    #expect(error.map { "\($0)" } == sentence)
    let other = [inventory([("b", label)]), inventory([("a", 0)])]
    #expect(throws: CoordinatorError.self) {
      try RosterBuilder(other, configuration: configuration(["x", "y"]))
    }
  }

  @Test(arguments: ["train", "test"]) func `a sample has one label, or the run is refused`(
    split: String
  ) throws {
    let (agreed, torn): ([(String, Int32)], [(String, Int32)]) =
      ([("a", 0), ("b", 1)], [("c", 0), ("b", 2)])
    let inventories =
      split == "train"
      ? [inventory([("z", 0)]), inventory(agreed), inventory(torn)]
      : [
        inventory([("z", 0)], test: torn.dropLast()), inventory([], test: agreed),
        inventory([], test: torn),
      ]
    let error = #expect(throws: CoordinatorError.self) {
      try RosterBuilder(inventories, configuration: configuration(["x", "y", "w"]))
    }
    #expect(
      error?.description
        == "sample 'b' of the \(split) split is labelled dog by modality y but owl by modality w; equal ids must mean the same sample"
    )
  }

  /// 40 cats, 20 dogs and 3 owls, all of which x has; y has every second one.
  private func animals() -> [Inventory] {
    let all = (0..<63).map { ("s\($0)", Int32($0 < 40 ? 0 : $0 < 60 ? 1 : 2)) }
    return [
      inventory(all, test: [("t", 0)]),
      inventory(all.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)),
    ]
  }

  @Test func `classes are balanced by the training samples that they have`() throws {
    var run = configuration(["x", "y"])
    #expect(try RosterBuilder(animals(), configuration: run).rosters.classWeights == [])
    run.classWeights = .balanced
    let weights = try RosterBuilder(animals(), configuration: run).rosters.classWeights
    #expect(weights == [63 / 120.0, 63 / 60.0, 7])
    run.classWeights = .listed([1, 2, 3])
    #expect(try RosterBuilder(animals(), configuration: run).rosters.classWeights == [1, 2, 3])
    // A class without samples ends a run that trains.
    run.classWeights = .balanced
    run.classes.append("nobody")
    let builder = try RosterBuilder(animals(), configuration: run)
    #expect(builder.rosters.classWeights[3] == 1)
    let error = #expect(throws: CoordinatorError.self) { try builder.checkTraining(run) }
    #expect(error == .nothingToBalance(class: "nobody"))
  }

  @Test func `the validation split has its share of every class, and no training sample`() throws {
    var run = configuration(["x", "y"])
    run.data.validationFraction = 0.3
    let builder = try RosterBuilder(animals(), configuration: run)
    let kept = builder.labels(of: .validation)
    #expect(kept.count { $0 == 0 } == 12 && kept.count { $0 == 1 } == 6)
    #expect(kept.count { $0 == 2 } == 1)
    #expect(builder.trainLabels.count == 44)
    // Both are ascending, so the order of samples is that of their rows in x.
    let (train, validation) = (builder.rosters.train, builder.rosters.validation)
    #expect(train.rows[0] == train.rows[0].sorted())
    #expect(validation.rows[0] == validation.rows[0].sorted())
    #expect(Set(train.rows[0]).union(validation.rows[0]) == Set(0..<63))
    #expect(builder.ids(of: .validation) == validation.rows[0].map { "s\($0)" })
    for roster in [train, validation] {
      for (x, y) in zip(roster.rows[0], roster.rows[1]) { #expect(y == (x % 2 == 0 ? x / 2 : -1)) }
    }
    run.seed = 1
    let other = try RosterBuilder(animals(), configuration: run)
    #expect(other.rosters.validation.rows[0] != validation.rows[0])
  }

  @Test func `a run without training samples is refused`() throws {
    #expect(throws: CoordinatorError.nothingToTrainOn) {
      try RosterBuilder([inventory([])], configuration: configuration(["x"]))
    }
  }

  @Test func `rates drop modalities, in training and test apart, and leave one to each sample`()
    throws
  {
    let ids = (0..<2000).map { ("s\($0)", Int32($0 % 3)) }
    let tested = (0..<2000).map { ("t\($0)", Int32($0 % 3)) }
    var run = configuration(["x", "y"])
    run.modalities[0].missingTrain = 0.4
    run.modalities[1].missingTest = 0.7
    run.data.validationFraction = 0.25
    let builder = try RosterBuilder(
      [inventory(ids, test: tested), inventory(ids, test: tested)], configuration: run)
    func share(_ roster: Roster, _ modality: Int) -> Double {
      Double(roster.samples(of: modality).count) / Double(roster.sampleCount)
    }
    #expect(abs(share(builder.rosters.train, 0) - 0.6) < 0.04)
    #expect(share(builder.rosters.train, 1) == 1)
    // The validation split stands in for test samples, and loses what they lose.
    for roster in [builder.rosters.test, builder.rosters.validation] {
      #expect(share(roster, 0) == 1)
      #expect(abs(share(roster, 1) - 0.3) < 0.05)
    }
    run.modalities[1].missingTrain = 1
    run.modalities[0].missingTrain = 1
    let last = try RosterBuilder(
      [inventory(ids), inventory(ids)], configuration: run
    ).rosters.train
    for sample in 0..<last.sampleCount {
      #expect(last.has(sample, modality: 0) != last.has(sample, modality: 1))
    }
  }
}

@Suite struct JointPredictionTests {
  private func logits(_ values: [Float], _ present: [Bool]) -> ModalityLogits {
    ModalityLogits(logits: values, present: present, classCount: 2)
  }

  @Test func `the sum of the modalities present decides, and the whole bias counts`() {
    let joint = JointPrediction(commonBias: [0, 4], modalityCount: 2)
    #expect(joint.share == [0, 2])
    // Logits come with their share. Sample 0 has both, 1 the first alone, 2 the second, 3 none.
    let modalities = [
      logits([3, 2, 3, 2, 0, 0, 0, 0], [true, true, false, false]),
      logits([2, 2, 0, 0, 5, 2, 0, 0], [true, false, true, false]),
    ]
    let result = joint.fuse(modalities, keepsScores: true)
    // 5 : 4; 3 : 2 + 2; 5 : 2 + 2; nothing.
    #expect(result.predictions == [0, 1, 0, -1])
    #expect(result.weights == [[1, 1, 0, 0], [1, 0, 1, 0]])
    #expect(Array(result.scores[..<6]) == [5, 4, 3, 4, 5, 4])
    let probability = 1 / (1 + 1 / 2.718281828459045)
    for sample in 0..<3 { #expect(abs(result.probabilities[sample] - probability) < 1e-12) }
    #expect(result.probabilities[3] == 0)
  }

  @Test func `without a common bias absent modalities add nothing`() {
    let joint = JointPrediction(commonBias: nil, modalityCount: 2)
    #expect(joint.share == nil)
    let modalities = [
      logits([1, 0, 1, 0], [true, true]), logits([0, 9, 0, 3], [false, true]),
    ]
    let result = joint.fuse(modalities, keepsScores: true)
    #expect(result.predictions == [0, 1])
    #expect(result.scores == [1, 0, 1, 3])
  }
}
