import Configuration
import Networks
import Tensors

extension RunConfiguration {
  /// The encoder of modality `index` for samples of `inputShape`, as far as a rank has it.
  ///
  /// - Parameters:
  ///   - tokens: the number of different tokens of texts.
  ///   - capacity: the most samples of a mini-batch.
  ///   - shards: this rank's; nil: all that the configuration asks for.
  ///   - memory: where the first encoder's arrays are.
  ///   - generator: what the weights are drawn from; nil: they are zero.
  func makeNetwork(
    of index: Int, inputShape: Shape, tokens: Int?, capacity: Int, shards: Shards? = nil,
    memory: ParameterMemory = .own, generator: SeededGenerator? = nil
  ) throws -> ShardedEncoder {
    let modality = modalities[index]
    let architecture = modality.encoder.withVocabulary(tokens)
    return try ShardedEncoder(
      shards ?? Shards(modality.sharding.count), capacity: capacity,
      atOnce: modality.sharding.atOnce,
      synchronisesNorms: modality.sharding.batchNorm == .synchronised,
      randomness: ShardSeed(seed: seed, name: modality.name)
    ) { capacity, shared in
      guard shared == nil, var generator else {
        return try architecture.makeEncoder(
          inputShape: inputShape, features: features, capacity: capacity,
          gradients: shared == nil ? gradientMemory(of: modality) : .shared,
          training: modality.pretraining.training, memory: shared ?? memory)
      }
      return try architecture.makeEncoder(
        inputShape: inputShape, features: features, capacity: capacity,
        gradients: gradientMemory(of: modality), training: modality.pretraining.training,
        memory: memory, generator: &generator)
    }
  }
}
