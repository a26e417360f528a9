/// The keys of what all modalities lack together.
enum MissingSchema {
  static let section = Section<MissingOptions>(fields: [
    Field(
      "kind", \.kind, .choice,
      "`random`: each pair is lost with probability `rate`, and one modality of a sample always stays; `exact`: "
        + "one modality of each sample is kept, and of the other pairs as many as leave `rate` of all absent"
    ),
    Field("rate", \.rate, .number(from: 0, to: 1), "the share of pairs that is lost"),
    Field(
      "splits", \.splits, .choice,
      "what loses them: training samples, test samples (and validation), or `all`, each split with a draw of its "
        + "own"),
  ])

  /// Throws where modalities have rates of their own beside the common one: nobody could say which counts.
  static func check(_ run: RunConfiguration, _ node: ConfigurationNode) throws {
    guard run.missing.rate > 0,
      let modality = run.modalities.first(where: { $0.missingTrain > 0 || $0.missingTest > 0 })
    else { return }
    throw (node["missing"]?["rate"] ?? node["missing"] ?? node).error(
      "found \(run.missing.rate.brief) beside modalities.\(modality.name).missing, expected one of the two: a rate "
        + "for all modalities together, or one for each")
  }
}
