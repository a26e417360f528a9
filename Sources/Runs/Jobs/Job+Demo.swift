import Configuration
import Coordinator
import Datasets
import Exchange
import Methods

extension RunConfiguration {
  /// The built-in set `lazy2`: a strong modality that tempts, and a weak one that must be learned.
  public static func demo(seed: UInt64) -> RunConfiguration {
    func modality(_ name: String, component: Int) -> ModalityConfiguration {
      var synthetic = SyntheticOptions()
      synthetic.component = component
      var optimizer = RunConfiguration(classes: [], modalities: []).optimizer
      optimizer.decayEpoch = 45
      return ModalityConfiguration(
        name: name, source: .synthetic(synthetic), encoder: .mlp(.init()), optimizer: optimizer)
    }
    var configuration = RunConfiguration(
      classes: (0..<6).map(String.init),
      modalities: [modality("strong", component: 0), modality("weak", component: 1)])
    configuration.optimizer = configuration.modalities[0].optimizer
    configuration.epochs = 60
    configuration.seed = seed
    return configuration
  }
}

/// `demo`: the same data trained in three ways, and what differs.
extension Job {
  /// Trains jointly, separately and alternating, and compares.
  public func demonstrate(seed: UInt64, in directory: RunDirectory) throws {
    let methods: [(any TrainingMethod, String)] = [
      (JointConcatenation(), "joint training"), (SeparateTraining(), "separate + late fusion"),
      (AlternatingAdaptation(), "MLA"),
    ]
    console.say(
      "Two modalities of one made-up data set (lazy2): 'strong' is easy, 'weak' takes work.")
    var runs: [(title: String, evaluation: Evaluation)] = []
    try directory.keptIfUsed {
      for (method, title) in methods {
        var configuration = RunConfiguration.demo(seed: seed)
        configuration.method = MethodChoice(method)
        console.say()
        let result = try train(
          configuration, in: RunDirectory(creating: directory.below(configuration.method.kind)))
        if let evaluation = result.evaluation { runs.append((title, evaluation)) }
      }
    }
    console.startLogging(to: directory.log)
    defer { console.stopLogging() }
    console.say()
    console.say(ResultTable.comparing(runs))
    console.say()
    console.say(Self.conclusion(runs))
    console.say("The runs are in \(directory.path)")
    writeReport(of: directory)
  }

  /// One sentence on what the table shows, from its own numbers.
  static func conclusion(_ runs: [(title: String, evaluation: Evaluation)]) -> String {
    guard let joint = runs.first?.evaluation, let mla = runs.last?.evaluation else { return "" }
    func percent(_ metrics: Double) -> String { Numerals.decimals(metrics * 100, 1) }
    let lazy = joint.modalities[1].metrics.accuracy
    let alive = mla.modalities[1].metrics.accuracy
    let change =
      alive > lazy
      ? "the weak modality's encoder stays lazy under joint training (\(percent(lazy)) % by itself) and comes alive under MLA (\(percent(alive)) %)"
      : "this seed shows no laziness: the weak modality reaches \(percent(lazy)) % under joint training and \(percent(alive)) % under MLA"
    return
      "On the same data with the same encoders, \(change); fused, that is \(percent(joint.primary.metrics.accuracy)) % against \(percent(mla.primary.metrics.accuracy)) %."
  }
}
