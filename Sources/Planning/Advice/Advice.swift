/// A change that would make a cycle shorter, and by how much.
public struct Advice: Sendable, Equatable {
  /// What to do.
  public var change: String
  /// A cycle then, in seconds.
  public var cycle: Double
  /// What would bind then.
  public var next: Prediction.Bound.Kind?
}

extension CostModel {
  /// Changes that shorten a cycle by at least 3 %, the best first.
  public func advice(for run: PlannedRun) -> [Advice] {
    let now = predict(run)
    var found: [Advice] = []
    func consider(_ change: String, _ run: PlannedRun) {
      let then = predict(run)
      guard then.cycle < 0.97 * now.cycle else { return }
      found.append(Advice(change: change, cycle: then.cycle, next: then.bounds.first?.kind))
    }
    switch now.bounds.first?.kind {
    case .work(let place), .loading(let place):
      let modality = run.modalities[place]
      let samples = profile.modalities[modality.profile].batchSize
      for factor in [2, 4, 8] where modality.ranks * factor <= samples {
        var changed = run
        changed.modalities[place].ranks *= factor
        changed.modalities[place].shards = max(modality.shards, modality.ranks * factor)
        guard fits(changed), changed.modalities[place].isPossible else { continue }
        consider("\(modality.name) on \(modality.ranks * factor) ranks", changed)
      }
      var threaded = run
      threaded.modalities[place].threads *= 2
      if fits(threaded), threaded.modalities[place].threads <= cluster.cores {
        consider("\(modality.name) with \(modality.threads * 2) threads a rank", threaded)
      }
      if modality.synchronisesNorms {
        var changed = run
        changed.modalities[place].synchronisesNorms = false
        consider("batch norms of \(modality.name) local to shards", changed)
      }
    case .turns, .link:
      if !run.sendsFactors {
        var changed = run
        changed.sendsFactors = true
        consider("head.update: factors", changed)
      }
      var halved = profile
      halved.head.features /= 2
      let narrow = CostModel(profile: halved, network: network, cluster: cluster).predict(run)
      if narrow.cycle < 0.97 * now.cycle {
        found.append(
          Advice(
            change: "half the features (messages only)", cycle: narrow.cycle,
            next: narrow.bounds.first?.kind))
      }
    case .cores:
      var wider = cluster
      wider.nodes += 1
      let then = CostModel(profile: profile, network: network, cluster: wider).predict(run)
      if then.cycle < 0.97 * now.cycle {
        found.append(
          Advice(change: "one node more", cycle: then.cycle, next: then.bounds.first?.kind))
      }
    case nil: break
    }
    return found.sorted { $0.cycle < $1.cycle }
  }

  /// Whether every thread has a core of its own.
  func fits(_ run: PlannedRun) -> Bool {
    Placement(run, on: cluster).threads.allSatisfy { $0 <= cluster.cores }
  }
}
