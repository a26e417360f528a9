import Methods

/// The keys of the shared head.
enum HeadSchema {
  static let section = Section<RunConfiguration>(fields: [
    Field(
      "update", \.headUpdate, .choice,
      "what a worker sends of the head's gradient `D'H`: `gradient`, the product `[K, D]`; or `factors`, the"
        + " features H of its samples ahead of the turn, and in the turn D, which is faster with many classes"
        + " and features (needs `execution.features_may_cross`)")
  ])

  /// Refuses factors where features must not cross, or where what is done to the gradient is not done to a
  /// factor.
  static func check(_ run: RunConfiguration, _ node: ConfigurationNode) throws {
    guard run.headUpdate == .factors else { return }
    let update = node["head"]?["update"] ?? node
    guard run.method.method is AlternatingAdaptation else {
      let why =
        run.method.headPlace == .worker ? "which has no shared head" : "which sends no factors"
      throw update.error(
        "found factors, expected gradient, because method is \(run.method.kind), \(why)")
    }
    guard run.execution.featuresMayCross else {
      throw update.error(
        "found factors, expected gradient, because execution.features_may_cross is false: factors are the "
          + "features of single samples; set it to true, or leave head.update at gradient")
    }
    guard run.hgm.isEnabled else { return }
    guard run.hgm.projected == .gradient else {
      throw update.error(
        "found factors, expected gradient, because hgm.project is update: a velocity has no factors"
      )
    }
    guard run.hgm.formula == .rls else {
      throw update.error(
        "found factors, expected gradient, because hgm.formula is outer, which changes P in more than one "
          + "direction a turn")
    }
  }
}
