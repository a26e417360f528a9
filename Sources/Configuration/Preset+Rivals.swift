import Methods

extension Preset {
  /// Sets what a rival's preset stands for: the method with the options of its authors' code, and how they
  /// train.
  func applyRival(to run: inout RunConfiguration) {
    switch self {
    case .ogmGEOfficial, .ogmOfficial:
      var method = GradientModulation()
      (method.target, method.hasNoise) = (.conv, self == .ogmGEOfficial)
      run.train(method, learningRate: 1e-3, decayEpoch: 70, epochs: 100)
    case .ogmMLA:
      var method = GradientModulation()
      (method.alpha, method.target, method.ratio) = (0.3, .conv, .sum)
      run.method = MethodChoice(method)
    case .qmfOfficial, .qmfRGBD, .qmfMLA:
      var method = QualityAwareFusion()
      method.margin = .slack
      if self != .qmfOfficial { method.rank = 0.1 }
      if self == .qmfRGBD { (method.detaches, method.history) = (false, .after) }
      run.method = MethodChoice(method)
    case .mmparetoOfficial:
      run.train(ParetoLosses(), learningRate: 2e-3, decayEpoch: 30, epochs: 50)
    case .agmOfficial:
      var method = AdaptiveModulation()
      method.padding = .input
      run.method = MethodChoice(method)
    case .pmrOfficial:
      var method = PrototypeRebalance()
      method.freshEpochs = 2
      run.method = MethodChoice(method)
    case .lfmOfficial:
      var method = AlignedFusion()
      (method.schedule, method.divergence) = (.fitted, .reverse)
      run.train(method, learningRate: 1e-2, decayEpoch: 70, epochs: 200)
    default: applyStaged(to: &run)
    }
  }

  private func applyStaged(to run: inout RunConfiguration) {
    switch self {
    case .filmOfficial:
      var method = FilmTraining()
      method.gammaOffset = 0
      run.method = MethodChoice(method)
    case .reconboostOfficial:
      var method = ReconBoost()
      (method.weight, method.residual, method.takesClassMean) = (5, 1, true)
      (method.heads, method.firstResidual) = (.shared, .one)
      run.method = MethodChoice(method)
      (run.optimizer.learningRate, run.optimizer.weightDecay) = (1e-2, 5e-4)
    case .gblendMultiBench:
      var method = GradientBlending()
      (method.rule, method.superEpoch) = (.absolute, 20)
      run.method = MethodChoice(method)
      run.optimizer.momentum = 0
    case .relearnOfficial:
      run.method = MethodChoice(Relearning())
      (run.optimizer.learningRate, run.epochs) = (2e-3, 90)
    default: break
    }
  }
}

extension RunConfiguration {
  /// Trains by a method with stochastic gradient descent, whose rate falls to a tenth every so many epochs,
  /// and mini-batches of 64.
  fileprivate mutating func train(
    _ method: any TrainingMethod, learningRate: Double, decayEpoch: Int, epochs: Int
  ) {
    self.method = MethodChoice(method)
    (self.epochs, batchSize) = (epochs, 64)
    optimizer.learningRate = learningRate
    (optimizer.decayEpoch, optimizer.decayFactor) = (decayEpoch, 0.1)
  }
}
