import Configuration
import Coordinator

/// What a fitted pool says of its modalities.
enum FusionTable {
  /// A row a modality: what its logits are multiplied by in the pool, what they are multiplied by where it is
  /// alone, how one compares with the other, and how well it does by itself.
  static func of(_ fusion: FittedFusion) -> TextTable {
    var table = TextTable([
      "worth to robust_pool", "weight", "own temperature", "weight / own", "validation %",
    ])
    for (place, modality) in fusion.modalities.enumerated() {
      let (weight, own) = (fusion.fit.pool.weights[place], fusion.fit.temperatures[place])
      table.add([
        modality.name, Numerals.decimals(weight, 3), Numerals.decimals(own, 3),
        Numerals.decimals(weight / own, 2), Numerals.percent(modality.score.accuracy),
      ])
    }
    return table
  }

  /// How well the pool and its rivals do on the samples that it was fitted to.
  static func headline(_ fusion: FittedFusion) -> String {
    let scores = fusion.fused.map {
      "\($0.name) \(Numerals.percent($0.score.accuracy)) % (NLL \(Numerals.decimals($0.score.negativeLogLikelihood, 3)))"
    }
    return
      "robust_pool was fitted to \(Numerals.counted(fusion.sampleCount, "validation sample", "validation samples")), on which \(scores.joined(separator: ", "))"
  }
}

extension Console {
  /// Says what a pool that was fitted weighs its modalities by, and what is odd about it.
  func say(_ fusion: FittedFusion?, beside evaluation: Evaluation?) {
    guard let fusion else { return }
    say()
    say(FusionTable.headline(fusion))
    say(FusionTable.of(fusion))
    fusion.warnings(beside: evaluation).forEach(warn)
  }
}
