import Configuration
import Exchange
import MLA
import Tensors

/// Joins what the workers have into one list of samples for every split.
struct RosterBuilder {
  /// Who has what.
  let rosters: Rosters
  /// The label of every sample of the training roster.
  let trainLabels: [Int32]

  private let labels: [EvaluatedSplit: [Int32]]
  private let ids: [EvaluatedSplit: [String]]

  /// Joins by id, takes the validation split out, then lets modalities go missing.
  init(_ inventories: [Inventory], configuration: RunConfiguration) throws {
    let train = try JoinedSplit(inventories.map(\.train), named: "train", configuration)
    let test = try JoinedSplit(inventories.map(\.test), named: "test", configuration)
    let kept = Self.validationSamples(of: train, configuration)
    let isKept = Set(kept)
    let trained = (0..<train.ids.count).filter { !isKept.contains($0) }
    guard !trained.isEmpty else { throw CoordinatorError.nothingToTrainOn }

    let missingTrain = configuration.modalities.map(\.missingTrain)
    let missingTest = configuration.modalities.map(\.missingTest)
    func roster(
      _ split: JoinedSplit, _ samples: [Int], _ rates: [Double], _ name: String
    ) -> Roster {
      Roster(
        sampleCount: samples.count, rows: split.rows.map { rows in samples.map { rows[$0] } }
      ).dropping(rates: rates, seed: configuration.seed, stream: "missing/\(name)")
    }
    let everyTest = Array(0..<test.ids.count)
    rosters = Rosters(
      train: roster(train, trained, missingTrain, "train"),
      validation: roster(train, kept, missingTest, "validation"),
      test: roster(test, everyTest, missingTest, "test"))
    trainLabels = trained.map { train.labels[$0] }
    labels = [.validation: kept.map { train.labels[$0] }, .test: test.labels]
    ids = [.validation: kept.map { train.ids[$0] }, .test: test.ids]
  }

  /// The label of every sample of a split's roster.
  func labels(of split: EvaluatedSplit) -> [Int32] { labels[split] ?? [] }

  /// The id of every sample of a split's roster.
  func ids(of split: EvaluatedSplit) -> [String] { ids[split] ?? [] }

  /// A part of each class, drawn from the seed, in ascending order.
  private static func validationSamples(
    of split: JoinedSplit, _ configuration: RunConfiguration
  ) -> [Int] {
    let fraction = configuration.data.validationFraction
    guard fraction > 0 else { return [] }
    var generator = SeededGenerator(seed: configuration.seed, stream: "validation")
    let byClass = Dictionary(grouping: split.labels.indices) { split.labels[$0] }
    return configuration.classes.indices.flatMap { label -> [Int] in
      let samples = byClass[Int32(label)] ?? []
      let count = Int((fraction * Double(samples.count)).rounded())
      return generator.permutation(samples.count).prefix(count).map { samples[$0] }
    }.sorted()
  }
}

/// The samples of one split: the union of the modalities' ids, in the order they are first listed.
private struct JoinedSplit {
  var ids: [String] = []
  var labels: [Int32] = []
  var rows: [[Int32]]

  init(
    _ splits: [Inventory.Split], named name: String, _ configuration: RunConfiguration
  ) throws {
    var places: [String: Int] = [:]
    var firstOwner: [Int] = []
    rows = splits.map { _ in [] }
    for (modality, split) in splits.enumerated() {
      rows[modality] = Array(repeating: Roster.absent, count: ids.count)
      for (row, id) in split.ids.enumerated() {
        if let place = places[id] {
          guard labels[place] == split.labels[row] else {
            throw CoordinatorError.labelConflict(
              id: id, split: name, first: configuration.modalities[firstOwner[place]].name,
              firstLabel: configuration.classes[Int(labels[place])],
              second: configuration.modalities[modality].name,
              secondLabel: configuration.classes[Int(split.labels[row])])
          }
          rows[modality][place] = Int32(row)
        } else {
          places[id] = ids.count
          ids.append(id)
          labels.append(split.labels[row])
          firstOwner.append(modality)
          rows[modality].append(Int32(row))
        }
      }
    }
    for modality in rows.indices {
      let lacking = ids.count - rows[modality].count
      rows[modality] += Array(repeating: Roster.absent, count: lacking)
    }
  }
}
