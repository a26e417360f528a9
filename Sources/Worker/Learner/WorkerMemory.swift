import Configuration
import Datasets
import Exchange
import Networks
import Tensors

extension RunConfiguration {
  /// The most samples of so many that are held out for validation.
  public func mostValidated(of trainedCount: Int) -> Int {
    Int((Double(trainedCount) * data.validationFraction).rounded(.up))
  }

  /// What the worker of modality `modality`, with these data, holds: the learner and the method's side
  /// are made as in a run, but only planned.
  ///
  /// - Parameters:
  ///   - largest: the training samples of the modality that has most, where it is known; see
  ///     `batchCapacity`.
  ///   - start: what the encoder begins as; nil: it is drawn.
  ///   - known: the most samples of a forward pass, where it is known; nil: it follows from the samples.
  public func workerMemory(
    of modality: Int, data: ModalityData, largest: Int? = nil, start: EncoderStart? = nil,
    capacity known: Int? = nil
  ) throws -> MemoryNeeds {
    let own = modalities[modality]
    let (trainedCount, tested) = (data.train.ids.count, data.test.ids.count)
    let validated = mostValidated(of: trainedCount)
    let evaluated = max(tested, validated)
    let capacity =
      known
      ?? batchCapacity(
        own: trainedCount, largest: largest ?? trainedCount, evaluated: evaluated)
    let classCount = classes.count

    let (learning, speaking) = (MemoryPlan(), MemoryPlan())
    let learner = try learning.counting {
      let network = try makeNetwork(
        of: modality, inputShape: data.train.sampleShape, tokens: data.tokenCount,
        capacity: capacity, shards: own.shards(of: GroupPlace(ranks: 0..<own.ranks, index: 0)))
      network.reserve()
      return ModalityLearner(
        network: network, source: data.train, classCount: classCount,
        options: scheduled(own.optimizer), onNonfinite: execution.onNonfinite)
    }
    let side = speaking.counting {
      method.worker(
        on: WorkerRank(
          configuration: self, modality: modality, learner: learner, batchSize: capacity,
          endpoint: .unconnected))
    }
    let weights = learner.network.parameterByteCount + learner.optimizer.state.byteCount
    let gradients =
      learner.network.parameterByteCount
      - learner.encoder.store.count * MemoryLayout<Float>.stride
    let traffic = traffic(sampleCount: capacity)
    let piece = min(evaluation.batchSize, evaluated)
    let fitted = fusion.kind.isFitted ? validated : 0
    let stride = data.train.sampleShape.elementCount
    let cached =
      own.pretraining.cachesFeatures ? FeatureSource.memory(data, learner.encoder) : []
    let trained: [MemoryNeeds.Part] =
      own.ranks == 1
      ? [
        .init(
          "the weights with their gradients and the optimizer's memory", byteCount: weights,
          "choose a smaller encoder")
      ]
      : [
        .init(
          "the weights and the optimizer's memory", byteCount: weights - gradients,
          "choose a smaller encoder", isShared: true),
        .init("the gradients", byteCount: gradients, "choose a smaller encoder"),
      ]
    let parts: [MemoryNeeds.Part] = [
      .init(
        "the head with its logits", byteCount: speaking.byteCount,
        "lower features or batch_size, or use fewer classes"),
      .init(
        "the copy that a checkpoint is written from",
        byteCount: learner.state.byteCount + side.state.byteCount, "choose a smaller encoder"),
      .init(
        "what the method tries out or looks at between mini-batches",
        byteCount: side.passingByteCount(sampleCount: trainedCount),
        "choose a smaller encoder, use fewer samples, or another method"),
      .init(
        "the file that the encoder begins with", byteCount: start?.weights?.byteCount ?? 0,
        "give smaller weights", isHeld: true),
      .init(
        "the samples", byteCount: data.train.heldByteCount, "use fewer or smaller samples",
        isHeld: true),
      .init(
        "the test samples", byteCount: data.test.heldByteCount, "use fewer or smaller samples",
        isHeld: true),
      .init(
        "the mini-batches that are loaded ahead",
        [
          data.train.isLoadedAhead ? 2 * BatchLoader.held : 0, capacity,
          data.train.sampleShape.elementCount,
        ], "lower batch_size"),
      .init(
        "a mini-batch and what layers make of it", byteCount: learning.byteCount - weights,
        "lower batch_size"),
      // All pieces may be on their way at a time.
      .init(
        "the logits of an evaluation",
        [
          evaluated + 2 * fitted + evaluation.spoilt.count * tested + 2 * piece,
          sentWidths[modality],
        ],
        "evaluate fewer samples, or use fewer classes"),
      .init(
        "the shuffled samples that the fusion is fitted to",
        [
          fusion.usesDetector ? min(fitted, ColumnShuffle.largestBlock(stride: stride)) : 0, stride,
        ],
        "set fusion.detector to false"),
      .init(
        "the noise that takes the place of inputs", byteCount: noiseByteCount(own, tested, stride),
        "leave noise out of evaluation.keep_spoilt"),
      .init(
        "the messages of a turn", byteCount: traffic.down + traffic.up,
        "lower features, or use fewer classes"),
    ]
    return MemoryNeeds(parts: trained + parts + cached)
  }

  /// What noise in the place of inputs is made from: moments of each position, or tokens that change places.
  private func noiseByteCount(
    _ own: ModalityConfiguration, _ tested: Int, _ stride: Int
  ) -> Int {
    guard evaluation.spoilt.contains(.noise) else { return 0 }
    guard own.encoder.readsTokens else { return 2 * stride * MemoryLayout<Double>.stride }
    return min(tested, ColumnShuffle.largestBlock(stride: stride)) * stride
      * MemoryLayout<Float>.stride
  }

  /// The bytes of a file in /dev/shm that the ranks of a modality share where all of them are on one host;
  /// nil: it has one rank.
  public func sharedFileByteCount(of modality: Int, data: ModalityData) throws -> Int? {
    let own = modalities[modality]
    guard own.ranks > 1 else { return nil }
    let store = try MemoryPlan().counting {
      try makeNetwork(
        of: modality, inputShape: data.train.sampleShape, tokens: data.tokenCount, capacity: 1,
        shards: .whole
      ).first.store
    }
    return ReplicaMemory.byteCount(
      values: store.count, moving: store.moving.count,
      stateCount: own.optimizer.kind == .sgd ? 1 : 2, localCount: own.ranks)
  }
}
