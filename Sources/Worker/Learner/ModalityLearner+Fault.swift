import Exchange
import Networks
import Tensors

extension ModalityLearner {
  /// What made the loss of the mini-batch infinite or not a number: the first thing on the way from
  /// the input to the loss that is not finite.
  ///
  /// Where the outputs of a few samples alone are not, those samples are odd; where those of half
  /// of them or more are not, the network is.
  func fault(features: Tensor, logits: Tensor, head: Head) -> LossFault {
    if let odd = oddInput ?? group?.oddInput, rows.indices.contains(odd.place) {
      return .input(sample(odd.place), element: odd.element, value: odd.value)
    }
    for (owner, store) in [("encoder", encoder.store), ("head", head.store)] {
      if let parameter = store.parameters.first(where: { !$0.values.isFinite }) {
        return .divergence("weights (\(owner).\(parameter.name)) are")
      }
    }
    for (name, outputs) in [("features", features), ("logits", logits)] {
      // An input of zeros that rides along is nobody's.
      let failing = failingSamples(of: outputs).filter { $0 < rows.count }
      guard let first = failing.first else { continue }
      return 2 * failing.count < outputs.count
        ? .output(name, sample(first), failing: failing.count, of: outputs.count)
        : .divergence("\(name) are")
    }
    return .divergence("the sum of the losses is")
  }

  /// The first number of this rank's samples that is not finite; nil: there is none.
  var oddInput: ReplicaFeatures.OddInput? {
    guard let place = failingSamples(of: input).first else { return nil }
    let values = input.buffer(of: place)
    let element = values.firstIndex { !$0.isFinite } ?? 0
    return .init(place: firstPlace + place, element: element, value: "\(values[element])")
  }

  /// The mini-batch as one whose `numbers` are not finite.
  func found(
    _ numbers: NonfiniteBatch.Numbers, turn: Int? = nil, epoch: Int, batch: Int, of batchCount: Int
  ) -> NonfiniteBatch {
    NonfiniteBatch(
      numbers: numbers, turn: turn, epoch: epoch, batch: batch, batchCount: batchCount,
      ids: rows.map { source.ids[$0] })
  }

  /// The part of the encoder with a gradient that is not finite: `encoder.conv1`.
  var nonfinitePart: String {
    let store = encoder.store
    return part(store.layerRanges.firstIndex { !store.gradients(of: $0).isFinite })
  }

  /// The part of the encoder that has the first of these values.
  func name(of values: Range<Int>) -> String {
    part(encoder.store.layerRanges.firstIndex { $0.overlaps(values) })
  }

  private func part(_ layer: Int?) -> String {
    "encoder" + (layer.map { ".\(encoder.layerNames[$0])" } ?? "")
  }

  private func sample(_ place: Int) -> LossFault.Sample {
    LossFault.Sample(place: place, id: source.ids[rows[place]])
  }
}

/// The places of samples that hold a value that is not finite.
private func failingSamples(of tensor: Tensor) -> [Int] {
  (0..<tensor.count).filter { !tensor.buffer(of: $0).isFinite }
}
