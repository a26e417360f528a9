import Configuration
import Datasets
import Methods
import Networks
import Storage
import Worker

extension OracleCase {
  /// Whether the case is one of alternation.
  var isAlternating: Bool { method.method is AlternatingAdaptation }

  /// The case as a run that methods are made from.
  var configuration: RunConfiguration {
    var run = RunConfiguration(
      classes: (0..<classCount).map(String.init),
      modalities: encoders.enumerated().map { number, encoder in
        ModalityConfiguration(
          name: "\(number)", source: .synthetic(.init()), encoder: encoder.architecture,
          optimizer: optimizer)
      })
    (run.features, run.method, run.epochs) = (encoders[0].featureCount, method, epochs)
    (run.batchSize, run.optimizer, run.order) = (batchSize, optimizer, order)
    run.headLearningRateScale = headLearningRateScale
    return run
  }

  /// Gives an encoder the values that the case begins with.
  func begin(_ encoder: Encoder, of modality: Int) throws {
    for (index, parameter) in encoder.store.parameters.enumerated() {
      parameter.values.update(
        from: encoders[modality].permuted(
          try file.array("init.enc\(modality).p\(index)").floats(), parameter: index,
          toLast: true))
    }
  }

  /// The parameters of an encoder at the end, with their velocities.
  func finals(of learner: ModalityLearner, _ modality: Int) -> [(name: String, values: [Double])] {
    let store = learner.encoder.store
    var finals: [(name: String, values: [Double])] = []
    for (index, range) in store.parameterRanges.enumerated() {
      let name = "enc\(modality).p\(index)"
      for (prefix, values) in [
        ("", store.values[range].array), ("velocity.", learner.optimizer.velocity[range].array),
      ] {
        let values = encoders[modality].permuted(values, parameter: index, toLast: false)
        finals.append((prefix + name, values.map(Double.init)))
      }
    }
    return finals
  }

  /// The noise of each of an encoder's parameters, one mini-batch after the other; empty where a case has
  /// none.
  func noise(of modality: Int) throws -> [[Float]] {
    let cycleCount = try file.array("step.modality").count / max(1, modalityCount)
    return try encoders[modality].parameterShapes.enumerated().map { index, shape in
      let name = "noise.enc\(modality).p\(index)"
      guard file.names.contains(name) else { return [] }
      let array = try file.array(name)
      let count = shape.reduce(1, *)
      guard array.count == cycleCount * count else {
        throw FileError(
          array.place,
          "has \(counted(array.count, "value")), but \(cycleCount) mini-batches need \(cycleCount * count)"
        )
      }
      let values = try array.floats()
      return (0..<cycleCount).flatMap { cycle in
        encoders[modality].permuted(
          Array(values[cycle * count..<(cycle + 1) * count]), parameter: index, toLast: true)
      }
    }
  }
}
