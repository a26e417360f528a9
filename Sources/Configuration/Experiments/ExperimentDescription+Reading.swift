import Storage

extension ExperimentDescription {
  /// Reads an experiment, strictly, with the configuration that it starts from.
  ///
  /// - Parameters:
  ///   - path: the file. Its folder is what a relative `base` starts from.
  ///   - overrides: `path.to.key=value`, as after `--set`: keys of the experiment, or of all its runs.
  /// - Throws: `ConfigurationError` for the first problem, in any of its configurations.
  public static func load(
    path: String, overrides: [String] = []
  ) throws -> ExperimentDescription {
    try parse(
      ConfigurationFile(path: path).text, file: path.legible(), folder: path.folderOfPath,
      overrides: overrides)
  }

  /// Reads an experiment from YAML.
  ///
  /// - Parameters:
  ///   - file: the file's name, for messages.
  ///   - folder: what a relative `base` starts from.
  static func parse(
    _ text: String, file: String, folder: String, overrides: [String] = []
  ) throws -> ExperimentDescription {
    var root = try RunConfiguration.root(of: text, file: file, naming: "an experiment")
    var description = ExperimentDescription()
    let keys = ExperimentSchema.section.fields.map(\.key)
    for override in try overrides.map(Override.init) {
      if keys.contains(override.path[0]) {
        try override.apply(to: &root)
      } else {
        description.overrides.append(override)
      }
    }
    let scope = Scope(folder: try folder.absolutePath())
    try ExperimentSchema.section.read(root, into: &description, scope)
    description.root = try RunConfiguration.root(
      of: ConfigurationFile(path: description.base).text, file: description.base.legible(),
      naming: "a configuration")
    try description.makePoints(root)
    return description
  }

  /// The configuration of a run.
  public func configuration(
    of point: ExperimentPoint, seed: UInt64
  ) -> RunConfiguration {
    var configuration = point.configuration
    configuration.seed = seed
    return configuration
  }

  private func configuration(
    _ settings: [ExperimentSetting], isBaseline: Bool
  ) throws -> RunConfiguration {
    var root = self.root
    let own = (self.settings).map { Override($0.key, $0.value) }
    for override in own + overrides + settings.map({ Override($0.key, $0.value) }) {
      try override.apply(to: &root)
    }
    // Separate models take no turns whose order could follow from anything.
    if isBaseline, root["order"]?.text != nil { root = root.without("order") }
    var run = try RunConfiguration.decode(root, folder: base.folderOfPath)
    run.seed = seeds[0]
    run.evaluation.keepsLogits = true
    run.evaluation.spoilt = conditions.spoilt.passed
    // An experiment starts many runs: who has several machines says so for each modality.
    for place in run.modalities.indices { run.modalities[place].choosesRanks = false }
    return run
  }

  /// Every variant, then every baseline, at every point of the grid that it has.
  private mutating func makePoints(_ node: ConfigurationNode) throws {
    var places: [[(axis: ExperimentAxis, value: ConfigurationNode)]] = [[]]
    for axis in grid {
      places = places.flatMap { place in axis.values.map { place + [(axis: axis, value: $0)] } }
      guard places.count <= Self.mostPoints else {
        throw (node["grid"] ?? node).error(
          "found more than \(Self.mostPoints) combinations, expected fewer; leave values out")
      }
    }
    for variant in variants + (hasBaselines ? ExperimentVariant.baselines : []) {
      var seen: Set<[String]> = []
      for place in places {
        let place = variant.isBaseline ? place.filter { !Self.isForeign($0.axis.key) } : place
        let values = place.map { (key: $0.axis.key, value: $0.value.found) }
        guard seen.insert(values.map(\.value)).inserted || !variant.isBaseline else { continue }
        let settings =
          place.map { ExperimentSetting(key: $0.axis.key, value: $0.value) } + variant.settings
        let point = ExperimentPoint(
          variant: variant.name, isBaseline: variant.isBaseline, grid: values, folder: "",
          configuration: try configuration(settings, isBaseline: variant.isBaseline),
          settings: settings)
        try add(point, named: variant.node, node)
      }
    }
  }

  /// Adds a point, which may have another's runs.
  private mutating func add(
    _ point: ExperimentPoint, named variant: ConfigurationNode, _ node: ConfigurationNode
  ) throws {
    var point = point
    point.folder = Self.folder(point.name)
    if let other = points.first(where: { $0.folder == point.folder }) {
      throw variant.error(
        "found '\(point.name.legible())' beside '\(other.name.legible())', expected names that differ in letters or digits; "
          + "rename one, for their runs would share a folder")
    }
    let (run, file) = (point.configuration, base.legible())
    guard selection == .none || run.data.validationFraction > 0 else {
      throw (node["select"] ?? node).error(
        "found validation, but '\(point.name.legible())' has no validation split: nothing is selected by test "
          + "samples; set data.validation above 0 (settings, or \(file))")
    }
    guard selection == .none || !run.fusion.refitsOnAll else {
      throw (node["select"] ?? node).error(
        "found validation, but '\(point.name.legible())' trains on all samples in the end (fusion.refit_on_all): there are none left to select by; leave one of the two out"
      )
    }
    guard !conditions.hasSubsets || run.modalities.count <= ExperimentSchema.mostSubsetModalities
    else {
      throw (node["conditions"]?["subsets"] ?? node).error(
        "found true with \(run.modalities.count) modalities, expected false beyond \(ExperimentSchema.mostSubsetModalities)"
      )
    }
    let fitted = fusions.first {
      if case .kind(let kind) = $0 { kind.isFitted && kind != run.fusion.kind } else { false }
    }
    if let fitted, !point.isBaseline {
      throw (node["fusions"] ?? node).error(
        "found \(fitted.name), which is fitted when a run ends, but the fusion of '\(point.name.legible())' is \(run.fusion.kind.rawValue); set fusion: \(fitted.name), and data.validation above 0 (settings, or \(file))"
      )
    }
    if let same = points.first(where: { $0.configuration.trains(as: run) }) {
      point.folder = same.folder
    }
    points.append(point)
  }

  /// Whether separate models know nothing of a key.
  private static func isForeign(_ key: String) -> Bool {
    ["hgm", "order", "method", "fusion", "fusion_weights", "head"].contains(
      String(key.prefix { $0 != "." }))
  }

  private static let mostPoints = 1_000

  /// The name of a folder: small letters, digits and dots of the name, all else as a dash.
  static func folder(_ name: String) -> String {
    let words = name.lowercased().split {
      !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_"))
    }
    // A dot in front would hide it.
    let joined = words.joined(separator: "-").drop { $0 == "." }
    return joined.isEmpty ? "variant" : String(joined.prefix(120))
  }
}

extension RunConfiguration {
  /// Whether a run with this configuration leaves the same logits as one with another: they differ at most in
  /// how logits are fused.
  fileprivate func trains(as other: RunConfiguration) -> Bool {
    guard !other.fusion.kind.isFitted || other.fusion == fusion else { return false }
    var copy = other
    copy.fusion = fusion
    return copy == self
  }
}
