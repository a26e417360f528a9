import Configuration
import MLA
import Methods
import Networks
import Tensors

/// Fuses what workers send of their features, with biases and a classifier that the coordinator trains.
final class FeatureFusionRule: JointRule {
  let widths: [Int]?

  private let fusion: FeatureFusion
  /// The classifier, `[K, d]`.
  private let classifier: Head
  private let classifierOptimizer: Optimizer
  /// The bias of each modality that has one; nil: it has none.
  private let biases: [MapBias?]
  /// Of each row, what each modality has sent, with its bias, `[N, width]`; and the gradients of that.
  private let vectors: [Tensor]
  private let gradients: [Tensor]
  private let fused: Tensor
  private let fusedGradient: Tensor
  /// Whether what `decide` has found may move anything.
  private var mayMove = false

  /// A rule with a classifier drawn from `generator` and biases of zero.
  ///
  /// - Parameter batchSize: the most rows of a mini-batch.
  init(
    _ fusion: FeatureFusion, classCount: Int, batchSize: Int, optimizer: OptimizerOptions,
    generator: inout SeededGenerator
  ) {
    self.fusion = fusion
    let modalities = 0..<fusion.modalityCount
    let widths = modalities.map { fusion.width(of: $0) }
    self.widths = widths
    classifier = Head(
      classCount: classCount, featureCount: fusion.width, generator: &generator)
    classifierOptimizer = Optimizer(optimizer.ofHead, for: classifier.store)
    biases = modalities.map {
      fusion.hasBias($0) ? MapBias(of: $0, width: widths[$0], optimizer: optimizer.ofHead) : nil
    }
    vectors = widths.map { Tensor([$0], capacity: batchSize) }
    gradients = widths.map { Tensor([$0], capacity: batchSize) }
    fused = Tensor([fusion.width], capacity: batchSize)
    fusedGradient = Tensor([fusion.width], capacity: batchSize)
  }

  var weights: [NamedState] {
    classifier.state.named(in: "out.") + biases.compactMap(\.self).flatMap(\.store.state)
  }
  var state: [NamedState] {
    weights + classifierOptimizer.state.named(in: "out.optimizer.")
      + biases.compactMap(\.self).flatMap(\.memory)
  }

  func combine(_ batch: JointBatch) {
    for (modality, rows) in vectors.enumerated() {
      rows.count = batch.rowCount
      for row in 0..<batch.rowCount {
        if let bias = biases[modality] {
          rows.buffer(of: row).update(from: bias.store.values)
        } else {
          rows.buffer(of: row).update(repeating: 0)
        }
      }
      let part = batch.parts[modality]
      for (place, row) in part.places.enumerated() {
        rows.buffer(of: row).add(part.logits.buffer(of: place))
      }
    }
    fused.count = batch.rowCount
    for row in 0..<batch.rowCount {
      fusion.fuse(vectors.map { $0.buffer(of: row) }, into: fused.buffer(of: row))
    }
    classifier.logits(fused, into: batch.logits)
  }

  func decide(_ batch: JointBatch) {
    classifier.gradient(logitGradient: batch.gradient, features: fused)
    classifier.featureGradient(logitGradient: batch.gradient, into: fusedGradient)
    for row in 0..<batch.rowCount {
      fusion.gradient(
        fusedGradient.buffer(of: row), vectors.map { $0.buffer(of: row) },
        into: gradients.map { $0.buffer(of: row) })
    }
    // A bias is felt by all rows, whoever has them.
    for (bias, gradient) in zip(biases, gradients) {
      guard let sum = bias?.store.gradients else { continue }
      sum.update(repeating: 0)
      for row in 0..<batch.rowCount { sum.add(gradient.buffer(of: row)) }
    }
    mayMove =
      batch.rowCount > 0 && classifierOptimizer.checkGradients()
      && biases.allSatisfy { $0?.optimizer.checkGradients() ?? true }
    for (part, gradient) in zip(batch.parts, gradients) {
      part.takeGradient(from: gradient)
      // Says to all that the mini-batch is left out.
      if !mayMove { part.gradient.held.update(repeating: .nan) }
    }
  }

  func move(_ batch: JointBatch, learningRate: Double) {
    guard mayMove else { return }
    classifierOptimizer.step(learningRate: learningRate)
    for bias in biases { bias?.optimizer.step(learningRate: learningRate) }
  }

  func prediction(bias: [Float]?, modalityCount: Int) -> any ModelPrediction {
    FeatureFusionPrediction(
      fusion, biases: biases.map { $0?.store.values.array ?? [] },
      weight: classifier.weight.values.array, bias: classifier.bias.values.array)
  }
}

/// The coordinator's part of a modality's projection: the bias of it, with what moves it.
private struct MapBias {
  let store: ParameterStore
  let optimizer: Optimizer
  private let name: String

  init(of modality: Int, width: Int, optimizer options: OptimizerOptions) {
    name = "map\(modality)."
    store = ParameterStore([Parameter("\(name)bias", [width], .constant(0))])
    optimizer = Optimizer(options, for: store)
  }

  /// What moves it.
  var memory: [NamedState] { optimizer.state.named(in: "\(name)optimizer.") }
}

/// The methods whose coordinator fuses features.
public protocol FeatureFusionCoordinatorSide: FeatureFusionTraining, JointCoordinatorSide {}

extension FeatureFusionCoordinatorSide {
  /// A fusion with a classifier drawn from the run's seed.
  public func rule(of run: CoordinatorRank) -> any JointRule {
    let configuration = run.configuration
    var generator = SeededGenerator(seed: configuration.seed, stream: "head")
    return FeatureFusionRule(
      fusion(
        modalityCount: configuration.modalities.count, featureCount: configuration.features),
      classCount: configuration.classes.count,
      batchSize: min(configuration.batchSize, max(1, run.trainLabels.count)),
      optimizer: configuration.scheduled(configuration.optimizer), generator: &generator)
  }
}

extension FilmTraining: FeatureFusionCoordinatorSide {}
extension GatedTraining: FeatureFusionCoordinatorSide {}
