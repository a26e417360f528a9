import MLA

extension TrainingPlan {
  /// The plan that a configuration asks for, over the samples of `roster`.
  public init(_ configuration: RunConfiguration, roster: Roster) {
    let sampling: Sampling =
      switch configuration.sampling {
      case .shared: .shared
      case .own: .own
      }
    self.init(
      roster: roster, sampling: sampling, batchSize: configuration.batchSize,
      order: configuration.order, seed: configuration.seed)
  }
}
