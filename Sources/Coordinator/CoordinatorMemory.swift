import Configuration
import Exchange
import MLA
import Methods
import Tensors

extension RunConfiguration {
  /// What the coordinator holds: the method's side is made as in a run, but only planned.
  ///
  /// - Parameters:
  ///   - sampleCount: the samples of the largest evaluated split.
  ///   - trainCount: the training samples of all modalities together, which say how much a projector
  ///     becomes; 0 where they are not known yet.
  public func coordinatorMemory(
    evaluating sampleCount: Int = 0, training trainCount: Int = 0
  ) -> MemoryNeeds {
    let (side, byteCount) = plannedSide(trainCount)
    var unmodified = self
    unmodified.hgm.isEnabled = false
    let withoutProjectors = unmodified.plannedSide(trainCount).byteCount
    let traffic = traffic(sampleCount: min(batchSize, max(1, trainCount)))
    let piece = min(evaluation.batchSize, sampleCount)
    let validated = Double(trainCount) * data.validationFraction / (1 - data.validationFraction)
    let heldOut =
      data.validationFraction > 0 ? min(sampleCount, Int(validated) + classes.count) : 0
    return MemoryNeeds(parts: [
      .init(
        "the head and what moves it", byteCount: withoutProjectors,
        "lower features, or use fewer classes"),
      .init(
        "the projector of head gradient modification", byteCount: byteCount - withoutProjectors,
        "lower features, or set hgm.enabled: false"),
      .init(
        "the copy that a checkpoint is written from", byteCount: side.state.byteCount,
        "lower features, or set hgm.enabled: false"),
      .init(
        "what the method looks at between mini-batches",
        byteCount: side.passingByteCount(sampleCount: trainCount),
        "use fewer samples or classes, or another method"),
      .init(
        "the logits of an evaluation",
        [
          method.evaluatedHeadCount, evaluatedWidth,
          (1 + evaluation.spoilt.count) * sampleCount + (fusion.kind.isFitted ? 2 : 1) * heldOut,
        ], of: Float.self,
        "evaluate fewer samples, or use fewer classes"),
      .init(
        "the messages of an evaluation",
        [2 * method.evaluatedHeadCount, sentWidths.max() ?? 0, piece], of: Float.self,
        "lower evaluation.batch_size, or use fewer classes"),
      // Entropies, predictions and probabilities; for each fusion the same with the modalities' weights; and the losses
      // of one.
      .init(
        "the results of an evaluation",
        [
          sampleCount,
          3 * modalities.count + (FusionKind.allCases.count + 1) * (modalities.count + 2) + 2,
        ],
        of: Double.self, "evaluate fewer samples"),
      .init(
        "the messages of a turn", byteCount: traffic.down + traffic.up,
        "lower features, or use fewer classes"),
    ])
  }

  /// The number of floats of the model that the coordinator holds: those of a shared head, or of what else it trains.
  public var coordinatorParameterCount: Int {
    plannedSide(0).side.weights.reduce(0) { $0 + $1.shape.elementCount }
  }

  /// The numbers that an evaluation keeps of a sample: what is sent, and logits where features are.
  private var evaluatedWidth: Int {
    sentWidths.reduce(0, +)
      + (method.demands.sendsFeatures ? modalities.count * classes.count : 0)
  }

  private func plannedSide(_ trainCount: Int) -> (side: any CoordinatorMethod, byteCount: Int) {
    let plan = MemoryPlan()
    let side = plan.counting {
      let side = method.coordinator(
        of: CoordinatorRank(
          configuration: self, endpoint: .unconnected,
          leaders: RankLayout(ranksPerModality: modalities.map(\.ranks)).leaders,
          trainLabels: [Int32](repeating: 0, count: trainCount)))
      // With sampling of their own, modalities begin anew until the largest is through.
      let cycles = (trainCount + batchSize - 1) / batchSize
      side.reserve(epochs: epochs, turnsPerEpoch: cycles * modalities.count)
      return side
    }
    return (side, withExtendedLifetime(side) { plan.byteCount })
  }
}
