import MLA

/// Published and historical settings under one name. A preset is what a file starts from: every key
/// that is written out wins over it. Resolved when it is read; never written.
enum Preset: String, CaseIterable, Sendable {
  /// Recursive least squares with a small leak.
  case `default`
  /// arXiv 2311.10707, section 3.2: no leak.
  case paper
  /// Alternation alone.
  case plain
  /// What the authors' code does when it is run: the modification never takes effect.
  case officialEffective = "official-effective"
  /// The first public release of the authors' code.
  case officialFirstRelease = "official-first-release"
  /// BalanceBenchmark's implementation.
  case balanceBench = "balancebench"
  /// Rivals as their authors' code runs them; see `Preset+Rivals.swift`.
  case ogmGEOfficial = "ogm-ge-official"
  case ogmOfficial = "ogm-official"
  case ogmMLA = "ogm-mla"
  case qmfOfficial = "qmf-official"
  case qmfRGBD = "qmf-rgbd"
  case qmfMLA = "qmf-mla"
  case mmparetoOfficial = "mmpareto-official"
  case agmOfficial = "agm-official"
  case pmrOfficial = "pmr-official"
  case lfmOfficial = "lfm-official"
  case filmOfficial = "film-official"
  case reconboostOfficial = "reconboost-official"
  case gblendMultiBench = "gblend-multibench"
  case relearnOfficial = "relearn-official"

  /// Sets what the preset stands for.
  func apply(to configuration: inout RunConfiguration) {
    switch self {
    case .default: break
    case .paper: configuration.hgm.forget = 0
    case .plain: configuration.hgm.isEnabled = false
    case .officialEffective:
      configuration.hgm.isEnabled = false
      configuration.inactiveEncoders = .zeroGrad
      configuration.epochs = 100
      configuration.batchSize = 64
      configuration.optimizer.learningRate = 1e-3
      configuration.optimizer.decayEpoch = 70
      configuration.optimizer.decayFactor = 0.1
    case .officialFirstRelease, .balanceBench:
      configuration.hgm.forget = 0
      configuration.hgm.order = .absorbFirst
      configuration.hgm.lambdaSchedule = .epochPower
      configuration.hgm.normalisation = .frobenius
      configuration.hgm.formula = .outer
      configuration.hgm.firstStep = .plain
      let isFirstRelease = self == .officialFirstRelease
      configuration.hgm.combination = isFirstRelease ? .replace : .add
      configuration.inactiveEncoders = isFirstRelease ? .zeroGrad : .skip
    default: applyRival(to: &configuration)
    }
  }
}
