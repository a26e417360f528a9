import Configuration
import Exchange
import MLA
import Methods
import Testing

@testable import Coordinator

/// What is said of a join that gives little, and what is refused.
@Suite struct JoinFindingsTests {
  private typealias Samples = [(String, Int32)]

  private func configuration(
    _ names: [String] = ["x", "y"], method: MethodChoice = MethodChoice(AlternatingAdaptation())
  ) -> RunConfiguration {
    var run = RunConfiguration(
      classes: ["cat", "dog", "owl"],
      modalities: names.map {
        ModalityConfiguration(name: $0, source: .synthetic(.init()), encoder: .mlp(.init()))
      })
    run.method = method
    return run
  }

  private func inventory(
    _ train: Samples, test: Samples = [], areWritten: (train: Bool, test: Bool) = (true, true)
  ) -> Inventory {
    Inventory(
      host: "here", sampleShape: [1],
      train: .init(
        ids: train.map(\.0), labels: train.map(\.1), hasWrittenIDs: areWritten.train),
      test: .init(ids: test.map(\.0), labels: test.map(\.1), hasWrittenIDs: areWritten.test))
  }

  /// Samples with these ids, of all classes in turn.
  private func samples(_ ids: [String]) -> Samples {
    ids.enumerated().map { ($1, Int32($0 % 3)) }
  }

  private func numbered(_ prefix: String, _ numbers: Range<Int>) -> Samples {
    numbers.map { ("\(prefix)\($0)", Int32($0 % 3)) }
  }

  private func warnings(_ inventories: [Inventory], _ run: RunConfiguration) throws -> [String] {
    try RosterBuilder(inventories, configuration: run).warnings
  }

  @Test func `a join in good order is not talked about`() throws {
    var run = configuration()
    run.data.validationFraction = 0.3
    #expect(
      try warnings(
        [
          inventory(numbered("s", 0..<30), test: numbered("t", 0..<9)),
          inventory(numbered("s", 3..<40), test: numbered("t", 5..<20)),
        ], run) == [])
  }

  // MARK: Modalities that never meet

  @Test func `ids that never meet are said with an example of each side`() throws {
    let found = try warnings(
      [
        inventory(samples(["0001", "0002", "0003"]), test: numbered("t000", 0..<3)),
        inventory(samples(["1", "2", "3"]), test: numbered("t", 0..<3)),
      ], configuration())
    #expect(
      found == [
        "no training sample has both x and y: the ids of x (such as '0001') are none of the ids of y (such as '1'); 0 of 6 training samples have all modalities; equal samples need equal ids",
        "no test sample has both x and y: the ids of x (such as 't0000') are none of the ids of y (such as 't0'); 0 of 6 test samples have all modalities; equal samples need equal ids",
      ])
  }

  @Test func `row numbers beside written ids are named as what they are`() throws {
    let found = try warnings(
      [
        inventory(samples(["a", "b", "c"])),
        inventory(samples(["0", "1", "2"]), areWritten: (false, false)),
      ], configuration())
    #expect(found.count == 1)
    let sentence = try #require(found.first)
    #expect(sentence.contains("the ids of x (such as 'a') are none of the row numbers of y "))
  }

  @Test func `of three modalities, pairs that never meet are counted`() throws {
    let three = [
      inventory(numbered("s", 0..<6)), inventory(numbered("s", 3..<9)),
      inventory(numbered("s", 6..<12)),
    ]
    let chain = try warnings(three, configuration(["x", "y", "z"]))
    try #require(chain.count == 1)
    #expect(chain[0].hasPrefix("no training sample has both x and z: "))
    #expect(chain[0].contains("; 0 of 12 training samples have all modalities"))
    let apart = try warnings(
      [three[0], inventory(numbered("q", 0..<3)), inventory(numbered("r", 0..<3))],
      configuration(["x", "y", "z"]))
    try #require(apart.count == 1)
    #expect(
      apart[0].hasPrefix("no training sample has both x and y, and so it is with 2 more pairs"))
  }

  @Test(arguments: [MethodChoice(JointConcatenation()), MethodChoice(JointSummation())])
  func `joint training of modalities that never meet is refused`(
    method: MethodChoice
  ) throws {
    let apart = [
      inventory(samples(["0001", "0002", "0003"])), inventory(samples(["1", "2", "3"])),
    ]
    let error = #expect(throws: CoordinatorError.self) {
      try RosterBuilder(apart, configuration: configuration(method: method))
    }
    #expect(
      error?.description
        == "method \(method.kind) trains modalities together, but no training sample of modality x has another modality: the ids of x (such as '0001') are none of the ids of y (such as '1'); equal samples need equal ids, or use method mla or separate"
    )
    // One that meets nobody is enough, and one that has nothing is no hindrance.
    let met = [inventory(numbered("s", 0..<6)), inventory(numbered("s", 3..<9))]
    let names = ["x", "y", "z"]
    #expect(throws: CoordinatorError.self) {
      try RosterBuilder(
        met + [inventory(numbered("q", 0..<3))], configuration: configuration(names, method: method)
      )
    }
    #expect(
      try warnings(met + [inventory([])], configuration(names, method: method)) == [
        "modality z has no training samples, so its encoder learns nothing"
      ])
  }

  @Test(arguments: [MethodChoice(JointConcatenation()), MethodChoice(JointSummation())])
  func `joint training goes on where each modality meets some other`(
    method: MethodChoice
  ) throws {
    let chain = [
      inventory(numbered("s", 0..<6), test: numbered("t", 0..<3)),
      inventory(numbered("s", 3..<9), test: numbered("u", 0..<3)), inventory(numbered("s", 6..<12)),
    ]
    let found = try warnings(chain, configuration(["x", "y", "z"], method: method))
    #expect(found.contains { $0.hasPrefix("no training sample has both x and z") })
    #expect(found.contains { $0.hasPrefix("no test sample has both x and y") })
  }

  // MARK: Test samples that were trained on

  @Test func `written ids in train and test are refused, with their number and an example`() throws
  {
    var run = configuration()
    let inventories = [
      inventory(numbered("s", 0..<9), test: numbered("t", 0..<6)),
      // s7 is x's to train and y's to test: the same sample.
      inventory(numbered("s", 0..<6), test: numbered("t", 0..<6) + numbered("s", 4..<8)),
    ]
    let error = #expect(throws: CoordinatorError.self) {
      try RosterBuilder(inventories, configuration: run)
    }
    let problem =
      "4 of 10 test samples are training samples too: their ids stand in training files and in test files, such as 's4' of modality y"
    #expect(
      error?.description
        == "\(problem); take them out of one of the two, give different samples different ids, or set data.allow_overlap: true"
    )
    run.data.allowsOverlap = true
    #expect(
      try warnings(inventories, run) == [
        "\(problem); data.allow_overlap takes them, so results are not those of new samples"
      ])
  }

  @Test(arguments: [(false, false), (true, false), (false, true)])
  func `row numbers are no evidence`(areWritten: (train: Bool, test: Bool)) throws {
    let one = inventory(numbered("", 0..<9), test: numbered("", 0..<6), areWritten: areWritten)
    #expect(try warnings([one, one], configuration()) == [])
  }

  // MARK: Classes and modalities that a split has nothing of

  @Test func `classes without samples are named, of all and of one modality`() throws {
    let found = try warnings(
      [
        inventory([("a", 0), ("b", 2)], test: [("t", 0)]),
        inventory([("a", 0)], test: [("t", 0)]),
      ], configuration())
    #expect(
      found == [
        "modality y has no training sample of class 'owl'",
        "there is no training sample of class 'dog': the model cannot learn to tell what it never sees; give samples, or take it out of 'classes'",
        "there is no test sample of the classes 'dog', 'owl': results say nothing about it",
      ])
  }

  @Test func `of many classes only some are listed`() throws {
    var run = configuration(["x"])
    run.classes = (0..<1000).map { "c\($0)" }
    let found = try warnings([inventory([("a", 0), ("b", 2)])], run)
    #expect(
      found.first?.hasPrefix(
        "there is no training sample of the classes 'c1', 'c3', 'c4', 'c5', 'c6' and 993 more: ")
        == true)
  }

  @Test func `a modality without test samples has no say`() throws {
    #expect(
      try warnings(
        [
          inventory(numbered("s", 0..<3), test: numbered("t", 0..<3)),
          inventory(numbered("s", 0..<3)),
        ],
        configuration()) == ["modality y has no test samples, so it has no say in the results"])
  }

  // MARK: Validation

  @Test func `the last sample of a class is never kept for validation`() throws {
    var run = configuration(["x"])
    run.data.validationFraction = 0.6
    let few: Samples = [("a", 0), ("b", 1), ("c", 1), ("d", 2), ("e", 2), ("f", 2)]
    for seed in 0..<8 as Range<UInt64> {
      run.seed = seed
      let builder = try RosterBuilder([inventory(few)], configuration: run)
      #expect(Set(builder.trainLabels) == [0, 1, 2])
      // 0.6, 1.2 and 1.8 round to 1, 1 and 2.
      #expect(builder.labels(of: .validation).sorted() == [1, 2, 2])
      #expect(
        builder.warnings == [
          "there is no validation sample of class 'cat': results say nothing about it"
        ])
    }
  }

  @Test(arguments: [0.001, 0.1, 0.4])
  func `a validation split that stays empty is warned of`(fraction: Double) throws {
    var run = configuration(["x"])
    run.data.validationFraction = fraction
    let builder = try RosterBuilder(
      [inventory([("a", 0), ("b", 1), ("c", 2)])], configuration: run)
    #expect(builder.rosters.validation.sampleCount == 0)
    #expect(
      builder.warnings == [
        "data.validation is \(fraction), which is less than half a sample of each class, or would take its only one: there are no validation samples; raise it, or give more samples"
      ])
  }

  @Test func `what the workers say comes first, with their names`() throws {
    var odd = inventory([("a", 0), ("b", 1), ("c", 2)])
    odd.warnings = ["one", "two"]
    #expect(try warnings([odd], configuration(["x"])) == ["modality x: one", "modality x: two"])
  }
}
