import Configuration
import Datasets
import Networks

extension RunConfiguration {
  /// The configuration of a layout: one thread a rank unless it says more, so that layouts differ in ranks
  /// alone.
  ///
  /// - Parameter scaled: the modality that gets several ranks; it is alone then.
  func laidOut(_ layout: Layout, _ plan: ScalingPlan, scaled: String) -> RunConfiguration {
    var configuration = self
    switch layout.kind {
    case .strong: configuration.modalities = modalities.filter { $0.name == scaled }
    case .weak: configuration.modalities = repeated(modalities, count: layout.count)
    }
    for place in configuration.modalities.indices {
      configuration.modalities[place].ranks = 1
      configuration.modalities[place].choosesRanks = false
    }
    if let milliseconds = plan.standIns {
      for place in configuration.modalities.indices {
        configuration.modalities[place].standIn(milliseconds / Double(batchSize))
      }
    }
    configuration.order = Array(configuration.modalities.indices)
    configuration.fusion.weights = nil
    configuration.execution.threads = execution.threads ?? 1
    return configuration
  }

  /// The first so many modalities, over and over: `audio`, `video`, `audio-2`.
  private func repeated(
    _ modalities: [ModalityConfiguration], count: Int
  ) -> [ModalityConfiguration] {
    var names = Set(modalities.map(\.name))
    return (0..<count).map { place in
      var modality = modalities[place % modalities.count]
      guard place >= modalities.count else { return modality }
      var number = place / modalities.count + 1
      let stem = modality.name.prefix(56)
      while !names.insert("\(stem)-\(number)").inserted { number += 1 }
      modality.name = "\(stem)-\(number)"
      return modality
    }
  }
}

extension ModalityConfiguration {
  /// Puts an encoder in its place that takes so many milliseconds for a sample.
  fileprivate mutating func standIn(_ sampleMilliseconds: Double) {
    var options = StandInOptions()
    options.sampleMilliseconds = sampleMilliseconds
    encoder = .standIn(options)
    pretraining = PretrainingOptions()
    augmentation = AugmentationOptions()
  }
}

extension Layout {
  /// What `--set` says of a layout beside its configuration.
  func overrides(_ plan: ScalingPlan, scaled: String) -> [String] {
    guard kind == .strong, plan.shardCount > 1 else { return [] }
    let modality = "modalities.\(scaled)"
    return ["\(modality).ranks=\(count)", "\(modality).shards=\(plan.shardCount)"]
  }
}
