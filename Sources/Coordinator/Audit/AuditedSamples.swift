import Configuration
import Exchange
import MLA

/// The samples of all splits with all that is known of them, joined as a run would, before modalities go
/// missing at random.
struct AuditedSamples {
  /// A side of the splits: what is trained on, and what must know nothing of it.
  enum Side: CaseIterable {
    case training, validation, test

    /// The split that it is evaluated as; nil: it is trained on.
    var split: EvaluatedSplit? {
      switch self {
      case .training: nil
      case .validation: .validation
      case .test: .test
      }
    }
  }

  /// A sample: its side, its files (training files hold the validation samples too), its place there.
  struct Sample {
    let side: Side
    let id: String
    let label: Int
    let group: String?
    /// Whether somebody wrote the id.
    let isWritten: Bool
    /// The row in each modality's files, training files first, then test files; nil: it has none.
    let rows: [Int?]
  }

  /// All samples, those of the training files first.
  let samples: [Sample]

  /// Joins what the modalities have.
  ///
  /// - Throws: `CoordinatorError` where a run would be refused: they disagree about a sample.
  init(_ inventories: [Inventory], _ configuration: RunConfiguration) throws {
    let splits = (inventories.map(\.train), inventories.map(\.test))
    let train = try JoinedSplit(splits.0, named: "train", configuration)
    let test = try JoinedSplit(splits.1, named: "test", configuration)
    let listed = try configuration.data.loadGroups().groups
    let groups = try SampleGroups(
      of: train, splits.0, listed: listed, takesNumbers: true, named: "train", configuration)
    let testGroups = try SampleGroups(
      of: test, splits.1, listed: listed, takesNumbers: false, named: "test", configuration)
    let kept = Set(RosterBuilder.validationSamples(of: train, groups, configuration))
    let starts = inventories.map(\.train.ids.count)
    func samples(
      _ joined: JoinedSplit, _ groups: SampleGroups, from starts: [Int], side: (Int) -> Side
    ) -> [Sample] {
      joined.ids.indices.map { place in
        Sample(
          side: side(place), id: joined.ids[place], label: Int(joined.labels[place]),
          group: groups.groups[place], isWritten: joined.isWritten[place],
          rows: zip(joined.rows, starts).map { rows, start in
            rows[place] == Roster.absent ? nil : start + Int(rows[place])
          })
      }
    }
    self.samples =
      samples(train, groups, from: starts.map { _ in 0 }) {
        kept.contains($0) ? .validation : .training
      } + samples(test, testGroups, from: starts) { _ in .test }
  }

  /// The samples of one side.
  func of(_ side: Side) -> [Sample] { samples.filter { $0.side == side } }
}
