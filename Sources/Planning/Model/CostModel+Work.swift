import Foundation

extension CostModel {
  /// A rank's passes over its shards.
  struct Passes {
    var forward: Double
    var backward: Double
    /// When each bucket is complete, since the backward pass began: it goes layer by layer over all calls.
    var ready: [Double]

    var seconds: Double { forward + backward }
  }

  /// The samples of a call, and how many calls a rank makes.
  private func calls(of modality: PlannedRun.Modality) -> (samples: Double, count: Double) {
    let n = Double(profile.modalities[modality.profile].batchSize)
    return (n / Double(modality.shards), Double(modality.shards) / Double(modality.ranks))
  }

  /// How many forward passes a rank makes: twice as many where not all shards stay in memory.
  private func forwardCount(of modality: PlannedRun.Modality) -> Double {
    let own = modality.shards / modality.ranks
    return Double(own) * ((modality.atOnce ?? own) < own ? 2 : 1)
  }

  /// A rank's passes; `slowdown` is what its neighbours on the node do to it.
  func passes(of modality: PlannedRun.Modality, slowdown: Double) -> Passes {
    let measured = profile.modalities[modality.profile]
    let (samples, count) = calls(of: modality)
    func table(_ value: (ModalityProfile.Pass) -> Double) -> Curve {
      Curve(measured.passes.map { .init(Double($0.samples), value($0)) })
    }
    let factor = measured.threads(Double(modality.threads)) * slowdown
    let backward = table(\.backward.median)(samples) * factor
    let nearest = measured.passes.min {
      abs(Double($0.samples) - samples) < abs(Double($1.samples) - samples)
    }
    let ready: [Double] =
      nearest.map { pass in
        let scale = pass.backward.median > 0 ? backward / pass.backward.median : 0
        return pass.ready.map { count * $0 * scale }
      } ?? []
    return Passes(
      forward: forwardCount(of: modality) * table(\.forward.median)(samples) * factor,
      backward: count * backward,
      ready: ready)
  }

  /// The processor time of a rank's passes, over all its threads.
  func processorTime(of modality: PlannedRun.Modality) -> Double {
    let measured = profile.modalities[modality.profile]
    let (samples, count) = calls(of: modality)
    return count * Curve(measured.passes.map { .init(Double($0.samples), $0.processor) })(samples)
  }

  /// What the neighbours on the busiest of its nodes do to a rank, beyond what its own threads do.
  func slowdown(of place: Int, _ run: PlannedRun, _ placement: Placement) -> Double {
    let modality = run.modalities[place]
    let busy = placement.spread(of: place).keys.map { placement.threads[$0] }.max() ?? 1
    func slowdown(_ cores: Int) -> Double {
      let table = profile.modalities[modality.profile].slowdown
      guard let last = table.points.last, Double(cores) > last.size, table.points.count > 1 else {
        return table(Double(cores))
      }
      // Nobody has measured so many: each doubling slows as the last one did.
      let before = table(last.size / 2)
      return last.value + (last.value - before) * log2(Double(cores) / last.size)
    }
    return max(1, slowdown(min(busy, cluster.cores)) / slowdown(modality.threads))
  }

  /// Bytes of gradients a second that `ranks` of a node sum and step together: as measured, or from the
  /// nearest number that was, by what passes through memory: every rank's gradients, and value and memory
  /// of the optimizer read and written.
  func summing(_ ranks: Int) -> Double {
    let points = profile.summing.points
    guard let last = points.last, last.value > 0 else { return 0 }
    if Double(ranks) <= last.size { return profile.summing(Double(ranks)) }
    return last.value * (last.size + 4) / (Double(ranks) + 4)
  }

  /// A modality's way through a cycle.
  func work(of place: Int, in run: PlannedRun, _ placement: Placement) -> Prediction.Work {
    let modality = run.modalities[place]
    let measured = profile.modalities[modality.profile]
    let passes = passes(of: modality, slowdown: slowdown(of: place, run, placement))
    let (n, r) = (Double(measured.batchSize), Double(modality.ranks))
    let spread = placement.spread(of: place)
    let between = spread.count > 1
    let group = between ? network.betweenNodes ?? network.sameNode : network.sameNode
    var work = Prediction.Work(
      name: modality.name, forward: passes.forward, backward: passes.backward,
      step: measured.step.median * measured.threads(Double(modality.threads)), exposed: 0,
      gather: 0, norms: 0, head: headSeconds(modality, run), load: 0, skew: 0)
    if !measured.isLoadedAhead { work.load = n / r * measured.load.median }
    let (_, count) = calls(of: modality)
    // Each further shard of a rank is added to the first.
    if count > 1, let core = profile.bandwidth.points.first?.value, core > 0 {
      work.step += (count - 1) * 3 * measured.parameterByteCount / core
    }
    guard modality.ranks > 1 else { return work }
    let exchange = ReplicaExchange(
      ready: passes.ready, bytes: measured.buckets.map { Double($0.byteCount) },
      summing: summing(spread.values.max() ?? 1), nodes: spread.count, bandwidth: group.bothWays,
      latency: group.awake)
    work.step += exchange.summed - measured.step.median * measured.threads(Double(modality.threads))
    work.exposed = exchange.exposed
    // One replica's message travels, the others' take their turn on the leader's link.
    let features = 16 + 4 * n * Double(profile.head.features) / r
    let others = (r - 2) * features / group.into(max(1, r - 1))
    work.gather = 2 * (group.asleep(features) + max(0, others))
    if modality.synchronisesNorms {
      // Sums forward, sums backward, once a norm and call; all wait for the slowest.
      let noise = measured.spread * NormalMaximum.deviationsPerSpread
      let skew =
        noise * NormalMaximum.expected(of: modality.ranks) * passes.seconds
        / Double(max(1, 2 * measured.norms.count))
      work.norms = measured.norms.reduce(0) {
        $0 + 2 * (group.asleep(16 * Double($1)) + skew)
      }
    }
    return work
  }

  /// The worker's part of its own turn. Its head is there when it wants it, so that only taking the
  /// message and giving the answer count.
  private func headSeconds(_ modality: PlannedRun.Modality, _ run: PlannedRun) -> Double {
    let (down, up, ahead) = messages(of: modality, in: run)
    let core = profile.bandwidth.points.first?.value ?? 0
    let copies = core > 0 ? 2 * (down + up + ahead) / core : 0
    let measured = profile.modalities[modality.profile]
    return measured.headPart.median + measured.featureGradient.median + copies + 2 * network.poll
  }
}
