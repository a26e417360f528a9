/// The keys that say how a modality's mini-batch is computed in parts.
enum ShardSchema {
  private static let largestCount = 1_024

  static let fields: [Field<ModalityConfiguration>] = [
    Field(
      "shards", \.sharding.count, .count(to: largestCount), default: "`ranks`",
      "the parts that a mini-batch is computed in, each a call of its own, whose gradients are added in "
        + "one order: the same number gives the same bits on any number of ranks that shares them"),
    Field(
      "shards_at_once", \.sharding.atOnce, Codec<Int>.count(to: largestCount).orNull,
      "the shards of a rank that are in memory at a time; null: all. With fewer, forward passes run twice, "
        + "and no bit changes"),
    Field(
      "batch_norm", \.sharding.batchNorm, .choice,
      "what batch norms take their statistics over: `local`, each shard; `synchronised`, the whole "
        + "mini-batch"),
  ]

  /// The parts of a mini-batch are those of the ranks, unless the file says otherwise.
  static func complete(_ modality: inout ModalityConfiguration, _ node: ConfigurationNode) {
    if node["shards"] == nil { modality.sharding.count = modality.ranks }
  }

  /// Throws where the shards of a modality cannot be shared by its ranks, or be computed some at a time.
  static func check(_ modality: ModalityConfiguration, _ node: ConfigurationNode) throws {
    let (count, ranks) = (modality.sharding.count, modality.ranks)
    guard count % ranks == 0, ranks == 1 || (count / ranks).nonzeroBitCount == 1 else {
      throw (node["shards"] ?? node).error(
        "found \(count), expected 1, 2, 4, 8, … times `ranks`, which is \(ranks): a rank's shards must be "
          + "a part of the tree in which gradients are added")
    }
    guard let atOnce = modality.sharding.atOnce else { return }
    let own = count / ranks
    guard own % atOnce == 0, atOnce == own || atOnce.nonzeroBitCount == 1 else {
      throw (node["shards_at_once"] ?? node).error(
        "found \(atOnce), expected a power of two that divides the \(own) shards of a rank, or all of them"
      )
    }
    guard atOnce == own || modality.sharding.batchNorm == .local else {
      throw (node["shards_at_once"] ?? node).error(
        "found \(atOnce) of the \(own) shards of a rank, expected all, because batch_norm is synchronised: "
          + "no shard goes past a norm before all have come to it")
    }
  }

  /// Throws where a mini-batch has fewer samples than shards.
  static func check(_ run: RunConfiguration, _ node: ConfigurationNode) throws {
    for modality in run.modalities where modality.sharding.count > run.batchSize {
      let found = node["modalities"]?[modality.name]
      throw (found?["shards"] ?? found ?? node).error(
        "found \(modality.sharding.count), expected at most batch_size, which is \(run.batchSize): a shard "
          + "without samples gives nothing")
    }
  }
}
