import Storage

/// The keys that say which model is kept, and what the loss makes of labels.
enum SelectionSchema {
  static let section = Section<SelectionOptions>(fields: [
    Field(
      "keep", \.keep, .choice,
      "the model that the run ends with, is tested with, and leaves: that of the `last` epoch, or of the `best` by "
        + "the validation split, of several the first ([choosing.md](choosing.md))"),
    Field(
      "by", \.measure, .choice,
      "what `best` is measured by on the validation split, of the prediction that is named first in results: `loss` "
        + "is its mean negative log-likelihood"),
    Field(
      "patience", \.patience, Codec<Int>.count(to: 1_000_000).orNull,
      "training ends when so many evaluations in a row were no better than the best before; null: never before its "
        + "last epoch. Schedules of learning rates go by `epochs` all the same"),
  ])

  static let classWeights = Field<RunConfiguration>(
    "class_weights", \.classWeights, weights,
    "how much each class counts in the loss of every method: `balanced`, n / (K n_k) of the K classes with n_k of the n "
      + "training samples; or a number for each class; null: all alike ([choosing.md](choosing.md))"
  )

  static let labelSmoothing = Field<RunConfiguration>(
    "label_smoothing", \.labelSmoothing, .number(from: 0, below: 1),
    "the part of each target that all classes share, in the loss of every method")

  private static let weights = Codec<ClassWeights>(
    expected: "balanced, a list of a number above 0 for each class, or null", names: ["balanced"],
    shape: .either(.names(["balanced"]), numbers.shape).orNull,
    parse: { node, scope in
      if node.isNull { return .alike }
      if node.text == "balanced" { return .balanced }
      return try numbers.parse(node, scope).map { .listed($0) }
    },
    write: { weights, scope in
      switch weights {
      case .alike: "null"
      case .balanced: "balanced"
      case .listed(let values): numbers.write(values, scope)
      }
    })

  private static let numbers = Codec<Double>.number(above: 0, to: 1e6)
    .list(2...1_000_000, of: "numbers")

  /// Throws where there is nothing to choose by, or weights are not those of the classes.
  static func check(_ run: RunConfiguration, _ node: ConfigurationNode) throws {
    if case .listed(let values) = run.classWeights, values.count != run.classes.count {
      throw (node["class_weights"] ?? node).error(
        "found \(values.count) numbers, expected \(run.classes.count), one for each class")
    }
    let options = run.selection
    guard options.isActive, run.data.validationFraction == 0 else { return }
    let (key, found) =
      options.keep == .best ? ("keep", "best") : ("patience", "\(options.patience ?? 0)")
    throw (node["selection"]?[key] ?? node["selection"] ?? node).error(
      "found \(found), which goes by a validation split, but data.validation is 0; set it, to 0.1 for instance, or "
        + "leave selection out")
  }
}
