import MLA
import Storage

/// The keys of an experiment, in the order of the reference in docs/experiments.md.
enum ExperimentSchema {
  static let section = Section<ExperimentDescription>(
    fields: [
      Field(
        "base", \.base, basePath, isRequired: true,
        "the configuration that all variants start from, relative to the experiment's folder (with `--set`: to "
          + "the current one)"),
      Field(
        key: "settings", expected: "a section of path.to.key: value",
        meaning: "what all runs have in place of the base's; `--set` wins over them",
        defaultText: "none", shape: { _ in Shape.map(.anything).orNull },
        read: { node, root, _ in root.settings = try settings(of: node) }, write: { _, _ in nil }),
      Field(
        key: "variants", expected: "a section with a key for each variant",
        meaning:
          "what is compared, by name: each a section of `path.to.key: value`, which win over all others; a "
          + "section as a value takes the place of the whole section", isRequired: true,
        shape: { _ in .map(Shape.map(.anything).orNull, 1...200) },
        read: { node, root, _ in root.variants = try variants(of: node) }, write: { _, _ in nil }),
      Field(
        key: "grid", expected: "a section of path.to.key: [value, value, …]",
        meaning:
          "every variant, and every baseline that has the key, is run with every combination of the values",
        defaultText: "none", shape: { _ in Shape.map(.list(.anything, 1...100)).orNull },
        read: { node, root, _ in root.grid = try axes(of: node) }, write: { _, _ in nil }),
      Field(
        "seeds", \.seeds, seeds,
        "a run a seed: a list, or the first and the last as `0-7`. Fewer than 6 cannot show a difference"
      ),
      Field(
        "reference", \.reference, Codec<String>.text("the name of a variant").orNull,
        default: "the first variant", "what all other rows are compared with"),
      Field(
        "select", \.selection, .choice,
        "`validation`: of each variant the tables have the point of the grid with the highest mean accuracy on "
          + "the validation split, which there must be; never on the test split"),
      Field(
        "baselines", \.hasBaselines, .toggle,
        "whether late fusion of separate models stands beside the variants, and the same with heads at a tenth of "
          + "the learning rate"),
      Field(
        "fusions", \.fusions, fusions,
        "the rows of each variant: `own`, the model's own way to predict or the configuration's `fusion`, or any "
          + "kinds of fusion; the reference is the first"),
      Field(
        "conditions", \.conditions, conditions,
        "what models are tested on beside their own test split"),
      Field(
        "gap", \.tellsGap, .toggle,
        "whether it is told how far apart the modalities' features lie (modality gap)"),
    ],
    check: { description, node, _ in
      let names = description.variants.map(\.name) + ExperimentVariant.baselines.map(\.name)
      if let name = description.reference, !names.contains(name) {
        throw (node["reference"] ?? node).error(
          "found no variant '\(name.legible())', expected one of \(names.listed)"
            + suggestion(for: name, among: names))
      }
    })

  private static let conditions = Section<ExperimentDescription.Conditions>(fields: [
    Field(
      "missing", \.missing,
      Section<ExperimentDescription.MissingCondition>(fields: [
        Field("kind", \.kind, .choice, "as in a run's `missing`"),
        Field(
          "rates", \.rates, Codec<Double>.number(from: 0, to: 1).list(0...100, of: "rates"),
          "the rates, each with a draw for every seed"),
      ]), "modalities that are absent in the test split, and in no other"),
    Field(
      "spoilt", \.spoilt,
      Section<ExperimentDescription.SpoiltCondition>(fields: [
        Field(
          "kinds", \.kinds, SpoiltSchema.all,
          "what becomes of the input: `swapped`, that of another sample; `noise`; `blank`, zeros"),
        Field(
          "rates", \.rates, Codec<Double>.number(from: 0, to: 1).list(0...100, of: "rates"),
          "the shares of the samples, each with a draw for every seed, the same for all variants"),
      ]),
      "inputs of one modality, at random among those that a sample has, that are not what they should be"
    ),
    Field(
      "subsets", \.hasSubsets, .toggle,
      "whether models are tested with every subset of their modalities, and what each contributes (Shapley) is told; "
        + "up to \(mostSubsetModalities) modalities"),
  ])

  /// More have too many subsets.
  static let mostSubsetModalities = 10

  private static let basePath = Codec<String>(
    expected: "the path of a configuration", shape: .text,
    parse: { node, scope in
      guard let path = try Codec<String>.path.parse(node, scope) else { return nil }
      return try path.absolutePath(from: node.place.isOverride ? nil : scope.folder)
    },
    write: { path, _ in path.asYAML })

  private static let fusions = Codec<ExperimentDescription.ReportedFusion>.named(
    ([.own] + FusionKind.allCases.map { ExperimentDescription.ReportedFusion.kind($0) })
      .map { (name: $0.name, value: $0) }
  ).list(1...16, of: "fusions")

  private static let seeds = Codec<[UInt64]>(
    expected: "a list of 1 to 1000 different whole numbers, or the first and the last as 0-7",
    shape: .either(
      .text("^[0-9]+-[0-9]+$"),
      .list(Codec<UInt64>.whole(0...UInt64.max).shape, 1...1_000, different: true)),
    parse: { node, scope in
      if let ends = node.plainText?.split(separator: "-", omittingEmptySubsequences: false) {
        guard ends.count == 2, let first = UInt64(ends[0]), let last = UInt64(ends[1]),
          first <= last, last - first < 1_000
        else { return nil }
        return Array(first...last)
      }
      let list = try Codec<UInt64>.whole(0...UInt64.max).list(1...1_000, of: "seeds")
        .parse(node, scope)
      return list.flatMap { Set($0).count == $0.count ? $0 : nil }
    },
    write: { seeds, _ in "[\(seeds.map { "\($0)" }.joined(separator: ", "))]" })
}

// MARK: - Keys that name keys

extension ExperimentSchema {
  private static func settings(of node: ConfigurationNode) throws -> [ExperimentSetting] {
    try node.entries().map { entry in
      try checkPath(entry)
      return ExperimentSetting(key: entry.key, value: entry.node)
    }
  }

  private static func axes(of node: ConfigurationNode) throws -> [ExperimentAxis] {
    try node.entries().map { entry in
      try checkPath(entry)
      guard case .sequence(let values) = entry.node.content, 1...100 ~= values.count else {
        throw entry.node.unexpected("a list of 1 to 100 values")
      }
      return ExperimentAxis(key: entry.key, values: values)
    }
  }

  private static func variants(of node: ConfigurationNode) throws -> [ExperimentVariant] {
    let entries = try node.entries()
    guard 1...200 ~= entries.count else {
      throw node.error("found \(entries.count) variants, expected 1 to 200")
    }
    return try entries.map { entry in
      guard !entry.key.isEmpty, entry.key.legible() == entry.key else {
        throw entry.node.error(
          "found a name that is no line of at most 60 characters, expected one; rename the variant")
      }
      return ExperimentVariant(
        name: entry.key, settings: try settings(of: entry.node), node: entry.node)
    }
  }

  private static func checkPath(_ entry: ConfigurationNode.Entry) throws {
    let path = entry.key.split(separator: ".", omittingEmptySubsequences: false)
    guard path.allSatisfy({ !$0.isEmpty }), path.count <= YAMLComposer.largestDepth else {
      throw entry.node.error(
        "found a key that is no path.to.key, expected for example optimizer.lr")
    }
    let chosen = [
      "seed": "found the seed of a run, which an experiment chooses; write seeds beside variants",
      "evaluation.keep_logits":
        "found evaluation.keep_logits, which an experiment needs; leave it out",
      "evaluation.keep_spoilt":
        "found evaluation.keep_spoilt, which an experiment chooses; write conditions.spoilt",
    ]
    if let problem = chosen[entry.key] { throw entry.node.error(problem) }
  }
}

extension ExperimentVariant {
  /// What stands beside every table: the strongest simple baselines there are.
  static let baselines = [
    baseline("late fusion", []),
    baseline("late fusion, heads x 0.1", [("optimizer.head_lr_scale", "0.1")]),
  ]

  private static func baseline(_ name: String, _ more: [(String, String)]) -> ExperimentVariant {
    func node(_ key: String, _ text: String) -> ConfigurationNode {
      ConfigurationNode(
        content: .scalar(text, isPlain: true),
        place: .init(file: "the baseline '\(name)'", line: nil), path: key)
    }
    let own = [("method", "separate"), ("fusion", "average_logits"), ("head.update", "gradient")]
    return ExperimentVariant(
      name: name,
      settings: (own + more).map { ExperimentSetting(key: $0, value: node($0, $1)) },
      isBaseline: true, node: node("", ""))
  }
}
