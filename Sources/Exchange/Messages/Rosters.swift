import MLA

/// Who has what, in every split: the same for all ranks of a run.
public struct Rosters: Sendable, Equatable {
  /// What is trained on. Rows are rows of the training source.
  public var train: Roster
  /// What is kept from training. Rows are rows of the training source.
  public var validation: Roster
  /// What is only looked at. Rows are rows of the test source.
  public var test: Roster
  /// How much each class counts in the loss, `[K]`; empty: all alike.
  public var classWeights: [Double] = []

  /// The rosters of three splits.
  public init(train: Roster, validation: Roster, test: Roster) {
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// The roster of an evaluated split.
  public subscript(split: EvaluatedSplit) -> Roster {
    switch split {
    case .validation: validation
    case .test: test
    }
  }

  /// Rosters of nothing: what they are read into.
  public init() {
    let nothing = Roster(sampleCount: 0, rows: [])
    self.init(train: nothing, validation: nothing, test: nothing)
  }
}

extension Rosters: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.roster

  /// The three splits, each with the rows of each modality; then the weights.
  public mutating func layout(_ fields: Fields) throws {
    for split in [\Self.train, \.validation, \.test] {
      var sampleCount = self[keyPath: split].sampleCount
      var rows = self[keyPath: split].rows
      var modalityCount = rows.count
      try fields.field(&sampleCount)
      try fields.field(&modalityCount)
      try fields.require(sampleCount >= 0 && modalityCount >= 0)
      if fields.isReading { rows = [] }
      for modality in 0..<modalityCount {
        var own = fields.isReading ? [] : rows[modality]
        try fields.field(&own)
        try fields.require(own.count == sampleCount)
        if fields.isReading { rows.append(own) }
      }
      if fields.isReading { self[keyPath: split] = Roster(sampleCount: sampleCount, rows: rows) }
    }
    try fields.field(&classWeights)
    try fields.require(classWeights.allSatisfy { $0 > 0 && $0.isFinite })
  }
}

/// A split that a model is tested on.
public enum EvaluatedSplit: String, Sendable, CaseIterable {
  case validation, test
}
