import Networks

extension RunConfiguration {
  /// What the loss makes of labels.
  ///
  /// - Parameter weights: those of the classes, where they were found out; else those that are listed here count.
  public func loss(weighing weights: [Double]) -> LossOptions {
    var own = weights
    if own.isEmpty, case .listed(let listed) = classWeights { own = listed }
    return LossOptions(classWeights: own, smoothing: labelSmoothing)
  }
}
