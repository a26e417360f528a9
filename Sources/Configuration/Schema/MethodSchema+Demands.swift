import Methods

extension MethodSchema {
  /// Refuses a run that cannot give its method what it asks for.
  static func check(_ run: RunConfiguration, _ node: ConfigurationNode) throws {
    let demands = run.method.demands
    func refuse(_ path: String..., found: String, expected: String, _ why: String) throws {
      let problem =
        "found \(found), expected \(expected), because method is \(run.method.kind), which \(why)"
      guard let place = path.reduce(Optional(node), { $0?[$1] }) else {
        throw node.error(problem, below: path.joined(separator: "."))
      }
      throw place.error(problem)
    }
    if let misfit = run.method.method.misfit(modalityCount: run.modalities.count) {
      let problem = "found \(misfit.found), expected \(misfit.expected)"
      guard let place = node["method"]?[misfit.key] else {
        throw node.error(problem, below: "method.\(misfit.key)")
      }
      throw place.error(problem)
    }
    for modality in run.modalities {
      if demands.changesGradients || demands.ridesZero, modality.ranks > 1 {
        try refuse(
          "modalities", modality.name, "ranks", found: "\(modality.ranks)", expected: "1",
          "changes the gradients of a modality in one place")
      }
      if demands.changesWeights, modality.ranks > 1 {
        try refuse(
          "modalities", modality.name, "ranks", found: "\(modality.ranks)", expected: "1",
          "changes the weights of a modality beside its steps")
      }
      if demands.dropsVelocities, modality.ranks > 1 {
        try refuse(
          "modalities", modality.name, "ranks", found: "\(modality.ranks)", expected: "1",
          "drops what the optimizer of a modality remembers, and has others wait for what it says of samples"
        )
      }
      if demands.ridesZero, modality.pretraining.cachesFeatures {
        try refuse(
          "modalities", modality.name, "encoder", "cache_features", found: "true",
          expected: "false",
          "with padding: input has an input of zeros go through the whole encoder")
      }
      if demands.wantsCompleteData, modality.missingTrain > 0 {
        try refuse(
          "modalities", modality.name, "missing", "train", found: modality.missingTrain.brief,
          expected: "0", "with these options needs all modalities of all training samples")
      }
    }
    if demands.wantsValidation, run.data.validationFraction == 0 {
      try refuse(
        "data", "validation", found: "0", expected: "a number above 0",
        "decides by losses on samples that are kept from training")
    }
    if demands.sendsFeatures, !run.execution.featuresMayCross {
      try refuse(
        "execution", "features_may_cross", found: "false", expected: "true",
        "sends projections of the features of single samples to the coordinator")
    }
  }
}
