import Networks
import Tensors

/// One training step of an encoder under a linear head, on one batch of made-up data.
final class TrainingStep {
  let subject: EncoderCase
  let encoder: Encoder
  let input: Tensor

  private let head: Head
  private let optimizer: Optimizer
  private let headOptimizer: Optimizer
  private let labels: Buffer<Int32>
  private let logits: Tensor
  private let logitGradient: Tensor
  private let featureGradient: Tensor
  private let learningRate = 1e-3

  init(_ subject: EncoderCase) throws {
    self.subject = subject
    let (batch, features) = (subject.batch, subject.features)
    var generator = SeededGenerator(seed: 1, stream: "bench")
    var options = OptimizerOptions()
    (options.momentum, options.weightDecay) = (0.9, 1e-4)
    encoder = try subject.architecture.makeEncoder(
      inputShape: subject.inputShape, features: features, capacity: batch,
      gradients: options.gradientMemory, generator: &generator)
    let classes = EncoderCase.classes
    head = Head(classCount: classes, featureCount: features, generator: &generator)
    optimizer = Optimizer(options, for: encoder.store)
    headOptimizer = Optimizer(options, for: head.store)
    input = Tensor(subject.inputShape, capacity: batch)
    for sample in 0..<batch {
      let values = input.buffer(of: sample)
      let length = subject.lengths?[sample] ?? values.count
      for place in 0..<length {
        values[place] =
          subject.vocabulary.map { Float(1 + generator.integer(below: $0 - 1)) }
          ?? Float(generator.normal())
      }
    }
    labels = Buffer((0..<batch).map { Int32($0 % classes) })
    logits = Tensor([classes], capacity: batch)
    logitGradient = Tensor([classes], capacity: batch)
    featureGradient = Tensor([features], capacity: batch)
  }

  /// The whole step. Returns the mean loss of the batch before it; where only the way forward is taken,
  /// the mean square of the features.
  @discardableResult
  func callAsFunction() -> Double {
    guard subject.learns else {
      let features = encoder.forward(input, mode: .evaluation)
      return features.array.reduce(0) { $0 + Double($1) * Double($1) }
        / Double(features.elementCount)
    }
    let features = encoder.forward(input, mode: .training)
    let loss = loss(of: features)
    optimizer.step(encoder, along: gradient(by: features), learningRate: learningRate)
    optimizeHead()
    return loss
  }

  /// The mean loss; the gradient with respect to the logits is ready then.
  func loss(of features: Tensor) -> Double {
    head.logits(features, into: logits)
    let loss = SoftmaxCrossEntropy.evaluate(
      logits: logits, labels: labels, total: labels.count, gradient: logitGradient)
    return loss.lossSum / Double(labels.count)
  }

  /// The gradient with respect to the features; the head's own is in its store.
  func gradient(by features: Tensor) -> Tensor {
    head.gradient(logitGradient: logitGradient, features: features)
    head.featureGradient(logitGradient: logitGradient, into: featureGradient)
    return featureGradient
  }

  /// One step of the head along its gradient.
  func optimizeHead() { headOptimizer.step(learningRate: learningRate) }

  /// The first part of a step of the encoder, whose layers then follow with `optimize`.
  func beginStep() { optimizer.begin() }

  /// One step of a layer along its gradients, as soon as its backward pass is over.
  func optimize(layer index: Int) {
    let range = encoder.store.layerRanges[index]
    if !range.isEmpty { optimizer.move(range, learningRate: learningRate) }
  }

  /// What the head costs: a linear layer, whose logits are kept.
  var headCost: LayerCost {
    let (batch, features, logits) = (subject.batch, subject.features, logits.elementCount)
    let weights = EncoderCase.classes * features
    let floats = batch * features + weights + logits
    return LayerCost(
      forward: .init(multiplyAdds: batch * weights, floats: floats),
      backward: .init(multiplyAdds: 2 * batch * weights, floats: 2 * floats - logits),
      keptFloats: logits)
  }

  /// The floats that SGD with momentum moves: three arrays are read, two written.
  var optimizerFloats: Int { 5 * (encoder.store.count + head.store.count) }
}
