import Configuration
import Exchange
import MLA
import Storage
import Tensors

/// Joins what the workers have into one list of samples for every split.
public struct RosterBuilder {
  /// Who has what.
  public let rosters: Rosters
  /// What is odd about the data though they can be trained on, a sentence each: what the workers
  /// said of their own, then of the join.
  public let warnings: [String]
  /// The label of every sample of the training roster.
  let trainLabels: [Int32]
  /// What `data.groups` was, as a hash.
  let groupsDigest: String

  private let labels: [EvaluatedSplit: [Int32]]
  private let ids: [EvaluatedSplit: [String]]
  private let groups: [EvaluatedSplit: [String?]]

  /// Joins by id, takes the validation split out, then lets modalities go missing.
  ///
  /// - Parameter absent: modalities that the run goes on without.
  /// - Throws: `CoordinatorError` where modalities disagree about a sample or its group, where test
  ///   samples were trained on, or where joint training has nothing to train jointly.
  public init(
    _ inventories: [Inventory], configuration: RunConfiguration, absent: Set<Int> = []
  ) throws {
    try Self.checkLabels(of: inventories, configuration)
    let train = try JoinedSplit(inventories.map(\.train), named: "train", configuration)
    let test = try JoinedSplit(inventories.map(\.test), named: "test", configuration)
    var findings = JoinFindings(configuration, absent: absent)
    try findings.compare(train, test, of: inventories.map(\.test))
    try findings.lookForMeetings(
      in: train, of: inventories.map(\.train), named: "training", isTraining: true)
    try findings.lookForMeetings(
      in: test, of: inventories.map(\.test), named: "test", isTraining: false)
    let file = try configuration.data.loadGroups()
    let listed = file.groups
    groupsDigest = file.digest
    let trainGroups = try SampleGroups(
      of: train, inventories.map(\.train), listed: listed, takesNumbers: true, named: "train",
      configuration)
    let testGroups = try SampleGroups(
      of: test, inventories.map(\.test), listed: listed, takesNumbers: false, named: "test",
      configuration)
    try findings.lookForGroups(listed, train: trainGroups, test: testGroups)
    let kept = Self.validationSamples(of: train, trainGroups, configuration)
    let isKept = Set(kept)
    let trained = (0..<train.ids.count).filter { !isKept.contains($0) }
    guard !trained.isEmpty else { throw CoordinatorError.nothingToTrainOn }
    if let rule = configuration.orderRule, kept.isEmpty {
      throw CoordinatorError.nothingToRankBy(
        rule, validation: configuration.data.validationFraction)
    }

    func roster(_ split: JoinedSplit, _ samples: [Int], _ name: String) -> Roster {
      Self.roster(split, samples, named: name, configuration)
    }
    trainLabels = trained.map { train.labels[$0] }
    var rosters = Rosters(
      train: roster(train, trained, "train"), validation: roster(train, kept, "validation"),
      test: roster(test, Array(0..<test.ids.count), "test"))
    rosters.classWeights = configuration.classWeights.values(
      counts: Self.counts(of: trainLabels, configuration))
    self.rosters = rosters
    labels = [.validation: kept.map { train.labels[$0] }, .test: test.labels]
    ids = [.validation: kept.map { train.ids[$0] }, .test: test.ids]
    groups = [.validation: kept.map { trainGroups.groups[$0] }, .test: testGroups.groups]
    findings.lookForGaps(
      in: rosters.train, labels: trainLabels, named: "training", isTraining: true)
    if kept.isEmpty, configuration.data.validationFraction > 0 {
      findings.missValidation(hasGroups: !trainGroups.isEmpty)
    }
    for split in EvaluatedSplit.allCases {
      findings.lookForGaps(
        in: rosters[split], labels: labels[split] ?? [], named: split.rawValue, isTraining: false)
    }
    warnings = Self.own(inventories, configuration) + findings.warnings
  }

  /// Joins the test samples alone, of a model that stands.
  ///
  /// - Throws: `CoordinatorError` where modalities disagree about a sample.
  init(testing inventories: [Inventory], configuration: RunConfiguration) throws {
    try Self.checkLabels(of: inventories, configuration)
    let test = try JoinedSplit(inventories.map(\.test), named: "test", configuration)
    var findings = JoinFindings(configuration)
    try findings.lookForMeetings(
      in: test, of: inventories.map(\.test), named: "test", isTraining: false)
    let nobody = Roster(sampleCount: 0, rows: inventories.map { _ in [] })
    rosters = Rosters(
      train: nobody, validation: nobody,
      test: Self.roster(test, Array(0..<test.ids.count), named: "test", configuration))
    (trainLabels, groupsDigest) = ([], "")
    (labels, ids) = ([.test: test.labels], [.test: test.ids])
    groups = [.test: test.ids.map { _ in nil }]
    findings.lookForGaps(in: rosters.test, labels: test.labels, named: "test", isTraining: false)
    warnings = Self.own(inventories, configuration) + findings.warnings
  }

  /// What the workers have said of their own data.
  private static func own(
    _ inventories: [Inventory], _ configuration: RunConfiguration
  ) -> [String] {
    zip(configuration.modalities, inventories).flatMap { modality, inventory in
      inventory.warnings.map { "modality \(modality.name): \($0)" }
    }
  }

  /// Who has some samples of a split, once modalities went missing.
  private static func roster(
    _ split: JoinedSplit, _ samples: [Int], named name: String, _ configuration: RunConfiguration
  ) -> Roster {
    let isTraining = name == "train"
    let rates = configuration.modalities.map { isTraining ? $0.missingTrain : $0.missingTest }
    let whole = Roster(
      sampleCount: samples.count, rows: split.rows.map { rows in samples.map { rows[$0] } })
    let (seed, stream) = (configuration.seed, "missing/\(name)")
    return configuration.missing.applied(
      to: whole.dropping(rates: rates, seed: seed, stream: stream), isTraining: isTraining,
      seed: seed, stream: stream)
  }

  /// The label of every sample of a split's roster.
  func labels(of split: EvaluatedSplit) -> [Int32] { labels[split] ?? [] }

  /// The id of every sample of a split's roster.
  func ids(of split: EvaluatedSplit) -> [String] { ids[split] ?? [] }

  /// The group of every sample of a split's roster; nil: it is one of its own.
  func groups(of split: EvaluatedSplit) -> [String?] { groups[split] ?? [] }

  /// Throws where a worker has labels that are no classes here: they come from another process.
  private static func checkLabels(
    of inventories: [Inventory], _ configuration: RunConfiguration
  ) throws {
    let classes = 0..<Int32(configuration.classes.count)
    for (modality, inventory) in zip(configuration.modalities, inventories) {
      for split in [inventory.train, inventory.test] {
        guard let label = split.labels.first(where: { !classes.contains($0) }) else { continue }
        throw CoordinatorError.unknownLabel(
          modality: modality.name, host: inventory.host.legible(), label: Int(label),
          classCount: classes.count)
      }
    }
  }

  /// Throws where a run that trains has nothing to choose its model by, or nothing to balance its classes by.
  public func checkTraining(_ configuration: RunConfiguration) throws {
    if configuration.selection.isActive, rosters.validation.sampleCount == 0 {
      throw CoordinatorError.nothingToChooseBy(validation: configuration.data.validationFraction)
    }
    guard configuration.classWeights == .balanced,
      let label = Self.counts(of: trainLabels, configuration).firstIndex(of: 0)
    else { return }
    throw CoordinatorError.nothingToBalance(class: configuration.classes[label])
  }

  /// The number of samples of each class.
  private static func counts(
    of labels: [Int32], _ configuration: RunConfiguration
  ) -> [Int] {
    var counts = [Int](repeating: 0, count: configuration.classes.count)
    for label in labels { counts[Int(label)] += 1 }
    return counts
  }

  /// A part of each class, but never its last sample, drawn from the seed, in ascending order; in whole
  /// groups where there are any: see `GroupedSelection`.
  static func validationSamples(
    of split: JoinedSplit, _ groups: SampleGroups, _ configuration: RunConfiguration
  ) -> [Int] {
    let fraction = configuration.data.validationFraction
    guard fraction > 0 else { return [] }
    var generator = SeededGenerator(seed: configuration.seed, stream: "validation")
    guard groups.isEmpty else {
      return GroupedSelection(
        groups: groups.groups, labels: split.labels, classCount: configuration.classes.count
      ).taken(fraction, &generator)
    }
    let byClass = Dictionary(grouping: split.labels.indices) { split.labels[$0] }
    return configuration.classes.indices.flatMap { label -> [Int] in
      let samples = byClass[Int32(label)] ?? []
      let part = Int((fraction * Double(samples.count)).rounded())
      let count = min(part, max(0, samples.count - 1))
      return generator.permutation(samples.count).prefix(count).map { samples[$0] }
    }.sorted()
  }
}
