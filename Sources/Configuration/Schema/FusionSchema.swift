import MLA
import Storage

/// The key `fusion`: the name of a fusion, or a section with its kind and its options.
enum FusionSchema {
  static let field = Field<RunConfiguration>(
    key: "fusion", expected: "\(kind.expected); or a section",
    meaning: "the fusion that is named first in results ([fusion.md](fusion.md))",
    defaultText: defaultKind,
    shape: { run in .either(kind.shape, section.shape(run?.fusion)) },
    read: { node, run, scope in
      if case .mapping = node.content {
        try section.read(node, into: &run.fusion, scope)
      } else {
        run.fusion.kind = try kind.read(node, scope)
      }
    },
    write: { run, scope in .section(section.write(run.fusion, scope)) },
    tables: { place, run in section.tables(place, run?.fusion) })

  /// `fusion.weights`, as it was called before.
  static let olderWeights = Field<RunConfiguration>(
    key: "fusion_weights", expected: weights.orNull.expected,
    meaning: "an older name of `fusion.weights`", defaultText: "not set",
    shape: { _ in weights.orNull.shape },
    read: { node, run, scope in
      if let given = try weights.orNull.read(node, scope) { run.fusion.weights = given }
    },
    write: { _, _ in nil })

  /// Throws where both names of the weights are used.
  static func check(_ node: ConfigurationNode) throws {
    guard let older = node["fusion_weights"], !older.isNull,
      let newer = node["fusion"]?["weights"], !newer.isNull
    else { return }
    throw older.error("found beside fusion.weights, which says the same, expected one of the two")
  }

  /// Throws where all samples are to be trained on after a fit that there is not, or by a method that then lacks
  /// the validation split.
  static func checkRefit(_ run: RunConfiguration, _ node: ConfigurationNode) throws {
    guard run.fusion.refitsOnAll else { return }
    func refuse(_ reason: String) -> ConfigurationError {
      (node["fusion"]?["refit_on_all"] ?? node).error(
        "found true, which trains on all samples once the fusion is fitted to those held out, but \(reason)"
      )
    }
    guard run.fusion.kind.isFitted else {
      throw refuse(
        "fusion \(run.fusion.kind.rawValue) is not fitted; leave it out, or set fusion.kind: robust_pool"
      )
    }
    guard run.data.validationFraction > 0 else {
      throw refuse("none are held out; set data.validation, to 0.2 for instance")
    }
    guard run.orderRule == nil else {
      throw refuse("the order of turns is decided by them in every epoch; list the modalities")
    }
    guard !run.method.demands.wantsValidation else {
      throw refuse("\(run.method.kind) needs them while it trains; leave it out")
    }
  }

  /// Chooses the kind of a run whose file names none: one that is fitted, if there is something to fit it to.
  static func chooseKind(of run: inout RunConfiguration, _ root: ConfigurationNode) {
    guard let fusion = root["fusion"] else {
      return run.fusion.kind = run.data.validationFraction > 0 ? .robustPool : .entropyLogits
    }
    guard case .mapping = fusion.content, fusion["kind"] == nil else { return }
    run.fusion.kind = run.data.validationFraction > 0 ? .robustPool : .entropyLogits
  }

  private static let kind = Codec<FusionKind>.choice
  private static let defaultKind =
    "`robust_pool` with `data.validation` above 0, else `entropy_logits`"

  private static let section = Section<FusionOptions>(fields: [
    Field(
      "kind", \.kind, kind, default: defaultKind,
      "how one prediction is made; `robust_pool` is fitted to the validation samples at the end of training, and"
        + " is `average_logits` before, and where there are fewer than 30 of them"),
    Field(
      "weights", \.weights, weights.orNull,
      "what `fixed_logits` and `fixed_probs` weigh the modalities by; null: all alike"),
    Field(
      "spoilt", \.spoilt, .number(from: 1e-30, to: 0.999),
      "`robust_pool`: the share of inputs that are taken to be spoilt; near 0 it is a sum of logits, near 1 one"
        + " of probabilities"),
    Field(
      "ridge", \.ridge, .number(from: 0, to: 1e9),
      "`robust_pool`: how strongly weights are held near each modality's own temperature"),
    Field(
      "detector", \.usesDetector, .toggle,
      "`robust_pool`: whether it learns from shuffled validation inputs what a spoilt one looks like"
    ),
    Field(
      "prior", \.prior, .choice,
      "`robust_pool`: the probability of each class: `train`, as among the training samples, or `uniform`"
    ),
    Field(
      "refit_on_all", \.refitsOnAll, .toggle,
      "`robust_pool`: whether, once it is fitted, all samples are trained on from the beginning, those that were "
        + "held out for it too; it keeps its numbers"),
  ])

  private static let one = Codec<Double>.number(from: 0, to: 1e6)
  private static let weights = Codec<[Double]>(
    expected: "a number for each modality", shape: .map(one.shape),
    parse: { node, scope in
      guard case .mapping(let entries) = node.content else { return nil }
      for entry in entries where !scope.modalities.contains(entry.key) {
        throw entry.node.error(
          "found no such modality, expected one of \(scope.modalities.listed)"
            + suggestion(for: entry.key, among: scope.modalities))
      }
      let weights = try scope.modalities.map { name in
        guard let child = node[name] else {
          throw node.error("found nothing, expected the modality's weight", below: name)
        }
        return try one.read(child, scope)
      }
      guard weights.contains(where: { $0 > 0 }) else {
        throw node.error("found only zeros, expected a weight above 0")
      }
      return weights
    },
    write: { weights, scope in
      let entries = zip(scope.modalities, weights).map { "\($0.asYAML): \($1.brief)" }
      return "{\(entries.joined(separator: ", "))}"
    })
}
