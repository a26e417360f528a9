import Configuration
import Datasets
import Exchange
import MLA
import Tensors
import Worker

/// Where the logits of one modality come from: its model in this process, or a rank that has it.
protocol LogitsSupply: AnyObject {
  /// The ids of its samples, and whether somebody wrote them.
  var samples: (ids: [String], areWritten: Bool) { get throws }
  /// Hears which samples all have, and the shared head; returns what must be known beforehand.
  func begin(_ roster: Roster, head: Buffer<Float>?) throws -> [Float]
  /// What the modality says of chunk `number`, each once and in order.
  func chunk(_ number: Int) throws -> PredictedLogits
}

/// A modality's model in this process.
final class LocalSupply: LogitsSupply {
  let samples: (ids: [String], areWritten: Bool)
  private let predictor: ModalityPredictor
  private let modality: Int
  private let chunkSize: Int

  init(
    _ predictor: ModalityPredictor, modality: Int, _ input: UnlabelledInput,
    leavingBroken leavesBroken: Bool, chunkSize: Int
  ) throws {
    (self.predictor, self.modality, self.chunkSize) = (predictor, modality, chunkSize)
    samples = try predictor.open(input, leavingBroken: leavesBroken)
  }

  func begin(_ roster: Roster, head: Buffer<Float>?) throws -> [Float] {
    let rows = roster.rows[modality]
    try predictor.expect(
      roster.chunks(of: modality, size: chunkSize).map { $0.map { Int(rows[$0]) } })
    if let head { predictor.sharedHead?.update(from: head) }
    return try predictor.preface()
  }

  func chunk(_ number: Int) throws -> PredictedLogits { try predictor.logits(ofChunk: number) }
}

/// A modality's model on a rank that serves.
final class RemoteSupply: LogitsSupply {
  private let endpoint: Endpoint
  private let rank: Int
  private var chunkCount = 0
  private let modality: Int
  private let chunkSize: Int

  /// Gives a rank its part.
  init(_ part: Assignment.Prediction, to rank: Int, of endpoint: Endpoint, chunkSize: Int) throws {
    (self.endpoint, self.rank) = (endpoint, rank)
    (modality, self.chunkSize) = (part.modality, chunkSize)
    try endpoint.send(Assignment.predict(part), to: rank)
  }

  var samples: (ids: [String], areWritten: Bool) {
    get throws {
      let told = try endpoint.receive(Inventory(), from: rank).test
      return (told.ids, told.hasWrittenIDs)
    }
  }

  func begin(_ roster: Roster, head: Buffer<Float>?) throws -> [Float] {
    var rosters = Rosters()
    rosters.test = roster
    chunkCount = roster.chunks(of: modality, size: chunkSize).count
    try endpoint.send(rosters, to: rank)
    if let head { try endpoint.send(EvaluatedHead(head), number: 0, to: rank) }
    return try endpoint.receive(EvaluatedLogits(), number: 0, from: rank).values
  }

  func chunk(_ number: Int) throws -> PredictedLogits {
    let found = try endpoint.receive(PredictedLogits(), number: number, from: rank)
    if number + MorePredictions.window < chunkCount {
      try endpoint.send(MorePredictions(), number: number, to: rank)
    }
    return found
  }
}
