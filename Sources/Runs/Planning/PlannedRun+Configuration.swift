import Configuration
import Planning

extension PlannedRun {
  /// What `configuration` says of a run.
  ///
  /// - Parameters:
  ///   - threads: the threads of each rank.
  ///   - count: how many modalities the run shall have; beyond those of the configuration, these come
  ///     again, in their order. nil: its own.
  public init(_ configuration: RunConfiguration, threads: Int, count: Int? = nil) {
    let own = configuration.modalities
    let modalities = (0..<(count ?? own.count)).map { place in
      let modality = own[place % own.count]
      let copy = place / own.count
      var planned = Modality(
        copy == 0 ? modality.name : "\(modality.name)-\(copy + 1)", profile: place % own.count,
        ranks: modality.ranks, shards: modality.sharding.count, threads: threads)
      planned.atOnce = modality.sharding.atOnce
      planned.synchronisesNorms = modality.sharding.batchNorm == .synchronised
      return planned
    }
    self.init(modalities)
    if configuration.method.hasOneLoss {
      conversation = .joint
    } else if configuration.method.headPlace == .worker {
      conversation = .separate
    }
    sendsFactors = configuration.sendsFactors
    let absorbs = conversation == .alternating && configuration.hgm.isEnabled
    absorptions =
      absorbs ? configuration.hgm.memory == .others ? modalities.count - 1 : 1 : 0
  }
}

extension Profile {
  /// What this profile was measured without and `configuration` has, a sentence each.
  ///
  /// - Throws: where data that say what an encoder is cannot be opened.
  public func differences(from configuration: RunConfiguration) throws -> [String] {
    differences(
      classes: configuration.classes.count, features: configuration.features,
      update: configuration.updateName,
      modalities: try configuration.modalities.indices.map { place in
        let subject = try EncoderSubject(configuration, place: place)
        return (subject.modality.name, subject.identity, subject.batchSize)
      })
  }
}

extension RunConfiguration {
  /// What of the head's gradient is really sent.
  var updateName: String { sendsFactors ? "factors" : "gradient" }
}
