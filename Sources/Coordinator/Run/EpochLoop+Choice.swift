import Configuration
import Networks
import Storage

// What a run says of how its model is chosen, and at which rates it learns.

extension EpochLoop {
  /// What is to be said once of a run whose numbers on the way are of the test split.
  var choiceNotes: [String] {
    guard team.roster.rosters.validation.sampleCount == 0,
      team.roster.rosters.test.sampleCount > 0
    else { return [] }
    return [
      "no samples are held out, so that each epoch is evaluated on the test split: choose nothing by these numbers, or set data.validation, to 0.1 for instance"
    ]
  }

  /// Which model the run ends with.
  var kept: RunResult.Kept {
    let trained = schedule.position.epoch
    return RunResult.Kept(
      options: configuration.selection, epoch: selection.kept?.epoch ?? trained,
      value: selection.kept?.value, trainedEpochs: trained,
      stoppedEarly: trained < configuration.epochs)
  }

  /// The learning rate of each modality at the last mini-batch of an epoch.
  func learningRates(in epoch: Int) -> [Double] {
    configuration.modalities.map { rate(configuration.scheduled($0.optimizer), epoch) }
  }

  /// That of the head.
  func headLearningRate(in epoch: Int) -> Double {
    configuration.headLearningRateScale
      * rate(configuration.scheduled(configuration.optimizer), epoch)
  }

  private func rate(_ options: OptimizerOptions, _ epoch: Int) -> Double {
    let count = plan.cyclesPerEpoch
    return options.learningRate(epoch: epoch, batch: count - 1, of: count)
  }
}
