import Methods
import Networks
import Tensors

extension AlternatingAdaptation: CoordinatorSide {
  /// A fresh head, drawn from the run's seed, and its turns.
  public func coordinator(of run: CoordinatorRank) -> any CoordinatorMethod {
    let configuration = run.configuration
    let optimizer = configuration.scheduled(configuration.optimizer)
    let scale = configuration.headLearningRateScale
    var generator = SeededGenerator(seed: configuration.seed, stream: "head")
    let head = Head(
      classCount: configuration.classes.count, featureCount: configuration.features,
      generator: &generator)
    let shared = SharedHead(
      head, modalityCount: configuration.modalities.count, options: configuration.hgm,
      optimizer: optimizer,
      factorBatchSize: configuration.sendsFactors ? configuration.batchSize : nil)
    return AlternatingService(
      head: shared, endpoint: run.endpoint, leaders: run.leaders,
      learningRate: { turn in
        scale
          * optimizer.learningRate(
            epoch: turn.epoch, batch: turn.cycleInEpoch, of: turn.cyclesPerEpoch)
      },
      watchesHead: true,
      telemetry: HeadTelemetry(
        shared, modalityCount: configuration.modalities.count,
        every: configuration.execution.telemetryEvery,
        observe: configuration.execution.recordsTurns ? run.turnMeasured : nil),
      observe: { try run.turnEnded($0.turn, $0.totals) })
  }
}
