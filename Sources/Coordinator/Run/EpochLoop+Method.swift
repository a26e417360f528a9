import Configuration
import Networks
import Tensors

extension EpochLoop {
  /// The coordinator's side of the method that the configuration names.
  static func method(
    _ session: CoordinatorSession, team: Team, log: TurnLog
  ) -> any CoordinatorMethod {
    let configuration = session.configuration
    let optimizer = configuration.scheduled(configuration.optimizer)
    let scale = configuration.headLearningRateScale
    switch configuration.method {
    case .mla:
      var generator = SeededGenerator(seed: configuration.seed, stream: "head")
      let head = Head(
        classCount: configuration.classes.count, featureCount: configuration.features,
        generator: &generator)
      let shared = SharedHead(
        head, modalityCount: configuration.modalities.count, options: configuration.hgm,
        optimizer: optimizer)
      return AlternatingService(
        head: shared, endpoint: session.endpoint, leaders: session.layout.leaders,
        turnLearningRate: { turn in
          scale
            * optimizer.learningRate(
              epoch: turn.epoch, batch: turn.cycleInEpoch, of: turn.cyclesPerEpoch)
        },
        observe: log.note)
    case .separate:
      return SeparateService(
        endpoint: session.endpoint, leaders: session.layout.leaders, observe: log.note)
    case .jointConcat, .jointSum:
      return JointService(
        endpoint: session.endpoint, leaders: session.layout.leaders,
        classCount: configuration.classes.count,
        batchSize: min(configuration.batchSize, max(1, team.roster.rosters.train.sampleCount)),
        sampleLabels: team.roster.trainLabels,
        hasCommonBias: configuration.method == .jointConcat, optimizer: optimizer,
        headLearningRateScale: scale, observe: log.note)
    }
  }
}
