import Configuration
import Datasets
import Exchange
import MLA
import Storage
import Tensors

/// A rank that says what its modality's saved model makes of samples on its host.
///
/// It sends predictions ahead of being asked, but never more than `MorePredictions.window` messages that the
/// coordinator has not taken: so nothing piles up, however many samples there are.
struct PredictingRank {
  private let endpoint: Endpoint
  private let part: Assignment.Prediction
  private let predictor: ModalityPredictor
  private let chunkSize: Int
  private let modalityCount: Int
  private let inventory: Inventory

  init(_ part: Assignment.Prediction, endpoint: Endpoint, host: String) throws {
    self.part = part
    self.endpoint = endpoint
    let configuration = try RunConfiguration.told(
      part.configuration, by: part.coordinator, over: endpoint)
    try configuration.takeEffect(for: part.modality)
    predictor = try ModalityPredictor(
      configuration, modality: part.modality, savedIn: part.weights,
      sampleShape: Shape(part.sampleShape), capacity: part.capacity)
    let samples = try predictor.open(part.unlabelled, leavingBroken: part.leavesBroken)
    chunkSize = configuration.evaluation.batchSize
    modalityCount = configuration.modalities.count
    let nothing = Inventory.Split(ids: [], labels: [])
    inventory = Inventory(
      host: host, sampleShape: part.sampleShape, train: nothing,
      test: .init(
        ids: samples.ids, labels: [Int32](repeating: 0, count: samples.ids.count),
        hasWrittenIDs: samples.areWritten))
  }

  /// Tells which samples there are, hears which samples all have, then predicts.
  func takePart() throws {
    try endpoint.send(inventory, to: 0)
    let roster = try endpoint.receive(Rosters(), from: 0).test
    let rows = 0..<Int32(inventory.test.ids.count)
    guard roster.modalityCount == modalityCount,
      roster.rows[part.modality].allSatisfy({ $0 == Roster.absent || rows.contains($0) })
    else { throw ExchangeError.misfit(kind: .roster, number: -1) }
    let chunks = roster.chunks(of: part.modality, size: chunkSize)
    try predictor.expect(chunks.map { $0.map { Int(roster.rows[part.modality][$0]) } })
    if let head = predictor.sharedHead {
      try endpoint.receive(EvaluatedHead(head), number: 0, from: 0)
    }
    try endpoint.send(EvaluatedLogits(predictor.preface()), number: 0, to: 0)
    for number in chunks.indices {
      if number >= MorePredictions.window {
        _ = try endpoint.receive(
          MorePredictions(), number: number - MorePredictions.window, from: 0)
      }
      try endpoint.send(predictor.logits(ofChunk: number), number: number, to: 0)
    }
  }
}

extension Assignment.Prediction {
  /// The samples as they were named.
  fileprivate var unlabelled: UnlabelledInput {
    switch input {
    case .listed:
      .listed(
        path: path, ids: ids.isEmpty ? nil : ids, root: root.isEmpty ? nil : root)
    case .file: .file(path)
    case .text: .text(path)
    }
  }

  /// Names samples; those that are numbers in memory have no name.
  public mutating func name(_ unlabelled: UnlabelledInput) {
    switch unlabelled {
    case .listed(let path, let ids, let root):
      (input, self.path, self.ids, self.root) = (.listed, path, ids ?? "", root ?? "")
    case .file(let path): (input, self.path) = (.file, path)
    case .text(let text): (input, path) = (.text, text)
    case .values: preconditionFailure("numbers in memory lie on no other host")
    }
  }
}
