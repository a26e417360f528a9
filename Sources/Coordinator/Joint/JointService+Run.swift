import Configuration
import Methods

extension JointService {
  /// Conducts a method in a run.
  ///
  /// - Parameter rule: what is decided in a mini-batch.
  public convenience init(
    _ run: CoordinatorRank, method: any JointTraining, rule: any JointRule
  ) {
    let configuration = run.configuration
    self.init(
      endpoint: run.endpoint, leaders: run.leaders, classCount: configuration.classes.count,
      batchSize: min(configuration.batchSize, max(1, run.trainLabels.count)),
      sampleLabels: run.trainLabels, hasCommonBias: method.heads == .slices,
      optimizer: configuration.scheduled(configuration.optimizer),
      headLearningRateScale: configuration.headLearningRateScale,
      skipsNonfinite: configuration.execution.onNonfinite == .skip, rule: rule,
      expectsZero: method.demands.ridesZero, loss: run.loss, noted: run.noted,
      observe: run.jointBatchEnded)
  }
}
