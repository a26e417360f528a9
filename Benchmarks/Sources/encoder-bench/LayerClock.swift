import Measuring
import Networks
import Tensors

/// Takes steps layer by layer and notes how long each part of each layer takes.
final class LayerClock {
  /// The times of one part of a layer, one a step.
  private struct Laps {
    var forward: [Double] = []
    var backward: [Double] = []
  }

  private enum Way {
    case forward, backward
  }

  private let step: TrainingStep
  /// By layer, then by part.
  private var laps: [[String: Laps]]
  private(set) var head = (forward: [Double](), backward: [Double]())
  private(set) var optimizer: [Double] = []
  private var layers: [(parts: [LayerPart], output: Shape)] = []
  private var last = 0.0
  /// What the parts of the layer at work have taken in this pass.
  private var pass: [String: Double] = [:]

  init(_ step: TrainingStep) {
    self.step = step
    laps = step.encoder.layers.map { _ in [:] }
  }

  /// One step, its parts on the clock.
  func measure() {
    var outputs = [step.input]
    for (index, layer) in step.encoder.layers.enumerated() {
      let input = outputs[index]
      outputs.append(time(index, .forward) { layer.forward(input, mode: .training) })
    }
    countParts(outputs)
    let features = outputs[outputs.count - 1]
    var start = now()
    let loss = step.loss(of: features)
    head.forward.append(now() - start)
    precondition(loss.isFinite, "the loss is \(loss)")
    start = now()
    var gradient = step.gradient(by: features)
    head.backward.append(now() - start)
    step.beginStep()
    var moving = 0.0
    for (index, layer) in step.encoder.layers.enumerated().reversed() {
      let given = gradient
      let wanted = time(index, .backward) {
        layer.backward(given, wantsInputGradient: index > 0)
      }
      gradient = wanted ?? given
      start = now()
      step.optimize(layer: index)
      moving += now() - start
    }
    start = now()
    step.optimizeHead()
    optimizer.append(moving + now() - start)
  }

  /// The fastest of all times, by layer.
  var rows: [[LayerRow]] {
    step.encoder.layers.indices.map { index in
      let name = step.encoder.layerNames[index]
      return layers[index].parts.map { part in
        let times = laps[index][part.name] ?? Laps()
        return LayerRow(
          layers: (name, name), part: part.name, output: layers[index].output, count: 1,
          forward: times.forward.min() ?? 0, backward: times.backward.min() ?? 0,
          cost: part.cost)
      }
    }
  }

  private func time<Result>(_ index: Int, _ way: Way, _ body: () -> Result) -> Result {
    let layer = step.encoder.layers[index]
    pass.removeAll(keepingCapacity: true)
    layer.observeParts { [unowned self] name in
      let time = now()
      pass[name, default: 0] += time - last
      last = now()
    }
    last = now()
    let result = body()
    let end = now()
    layer.observeParts(nil)
    // A layer that reported nothing is all of one part.
    if pass.isEmpty { pass[""] = end - last }
    for (name, time) in pass {
      switch way {
      case .forward: laps[index][name, default: Laps()].forward.append(time)
      case .backward: laps[index][name, default: Laps()].backward.append(time)
      }
    }
    return result
  }

  /// Outputs say how large the batch has become on its way: tokens, frames.
  private func countParts(_ outputs: [Tensor]) {
    guard layers.isEmpty else { return }
    layers = step.encoder.layers.enumerated().map { index, layer in
      let (input, output) = (outputs[index], outputs[index + 1])
      return (
        layer.parts(from: input, to: output, wantsInputGradient: index > 0),
        Shape([output.count] + output.sampleShape.dimensions)
      )
    }
  }
}
