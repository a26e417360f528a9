import MLA

/// Who has what, in every split: the same for all ranks of a run.
public struct Rosters: Sendable, Equatable {
  /// What is trained on. Rows are rows of the training source.
  public var train: Roster
  /// What is kept from training. Rows are rows of the training source.
  public var validation: Roster
  /// What is only looked at. Rows are rows of the test source.
  public var test: Roster

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

  /// Sends the rosters to a worker.
  public func send(over endpoint: Endpoint, to rank: Int) throws {
    let frame = endpoint.frame(.roster)
    for roster in [train, validation, test] {
      frame.append(roster.sampleCount)
      frame.append(roster.modalityCount)
      for rows in roster.rows { frame.append(rows) }
    }
    try endpoint.send(frame, to: rank)
  }

  /// Waits for the rosters.
  public static func receive(over endpoint: Endpoint, from rank: Int) throws -> Rosters {
    try endpoint.receive(.roster, from: rank) { frame in
      func roster() throws -> Roster {
        let samples = try frame.read(Int.self)
        let modalities = try frame.read(Int.self)
        let rows = try (0..<max(0, modalities)).map { _ in try frame.readArray(of: Int32.self) }
        guard modalities >= 0, rows.allSatisfy({ $0.count == samples }) else {
          throw ExchangeError.shortMessage(
            kind: .roster, turn: -1, wanted: samples, left: frame.remaining)
        }
        return Roster(sampleCount: samples, rows: rows)
      }
      return Rosters(train: try roster(), validation: try roster(), test: try roster())
    }
  }
}

/// A split that a model is tested on.
public enum EvaluatedSplit: String, Sendable, CaseIterable {
  case validation, test
}
