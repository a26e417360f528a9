import Configuration
import Exchange
import MLA
import Tensors

/// What came back from the workers at an epoch's end.
struct EpochEnd {
  /// How well the model does; nil where the directive asks for no evaluation.
  let evaluation: Evaluation?
  /// One of each worker.
  let reports: [WorkerReport]

  /// Gathers what the workers give at the end of a directive.
  init(
    _ directive: Directive, _ session: CoordinatorSession, team: Team,
    method: any CoordinatorMethod
  ) throws {
    let (endpoint, leaders, epoch) = (session.endpoint, session.layout.leaders, directive.epoch)
    if directive.evaluate != nil, let head = method.evaluatedHead {
      for leader in leaders {
        try endpoint.send(EvaluatedHead(head), number: epoch, to: leader)
      }
    }
    evaluation = try directive.evaluate.map { split in
      let prediction = method.prediction
      let logits = try leaders.enumerated().map { modality, leader in
        try Self.receiveLogits(
          of: modality, from: leader, team.roster.rosters[split], epoch: epoch, session,
          adding: prediction?.share)
      }
      return try Trace.span("evaluate") {
        try Evaluation(
          split: split, logits: logits, labels: team.roster.labels(of: split),
          configuration: session.configuration, prediction: prediction)
      }
    }
    reports = try leaders.map { try endpoint.receive(WorkerReport(), number: epoch, from: $0) }
  }

  /// Puts the logits of the samples that a modality has in their places; those of absent ones are 0.
  private static func receiveLogits(
    of modality: Int, from leader: Int, _ roster: Roster, epoch: Int,
    _ session: CoordinatorSession, adding share: [Float]?
  ) throws -> ModalityLogits {
    let configuration = session.configuration
    let classCount = configuration.classes.count
    var logits = [Float](repeating: 0, count: roster.sampleCount * classCount)
    for samples in roster.chunks(of: modality, size: configuration.evaluation.batchSize) {
      let piece = try session.endpoint.receive(EvaluatedLogits(), number: epoch, from: leader)
      guard piece.values.count == samples.count * classCount else {
        throw ExchangeError.shortMessage(
          kind: .logits, number: epoch, wanted: samples.count * classCount * 4,
          left: piece.values.count * 4)
      }
      for (row, sample) in samples.enumerated() {
        for label in 0..<classCount {
          logits[sample * classCount + label] =
            piece.values[row * classCount + label] + (share?[label] ?? 0)
        }
      }
    }
    return ModalityLogits(
      logits: logits,
      present: (0..<roster.sampleCount).map { roster.has($0, modality: modality) },
      classCount: classCount)
  }
}
