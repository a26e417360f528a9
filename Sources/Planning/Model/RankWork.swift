/// What a rank of a modality does in a cycle, piece by piece: what a simulation of the ranks needs to know.
public struct RankWork: Sendable, Equatable {
  /// Loading that nothing hides, then the forward passes.
  public var forward: Double
  /// The backward passes.
  public var backward: Double
  /// The step of a rank that has its modality alone.
  public var step: Double
  /// The head's part in a turn, and what follows it.
  public var head: (turn: Double, after: Double)
  /// When each bucket is complete, since the backward pass began.
  public var ready: [Double]
  /// What summing and stepping each bucket takes on a node.
  public var sums: [Double]
  /// The bytes of each bucket.
  public var byteCounts: [Double]
  /// The bytes of a replica's features.
  public var featureByteCount: Double

  /// Neighbouring buckets are joined until they have so many bytes.
  private static let joined = 4e6

  /// The same with fewer, larger buckets.
  func joiningBuckets() -> RankWork {
    var work = self
    (work.ready, work.sums, work.byteCounts) = ([], [], [])
    var (sum, bytes) = (0.0, 0.0)
    for (place, ready) in ready.enumerated() {
      sum += sums[place]
      bytes += byteCounts[place]
      guard bytes >= Self.joined || place == self.ready.count - 1 else { continue }
      work.ready.append(ready)
      work.sums.append(sum)
      work.byteCounts.append(bytes)
      (sum, bytes) = (0, 0)
    }
    return work
  }

  /// Whether all numbers are the same.
  public static func == (a: RankWork, b: RankWork) -> Bool {
    a.forward == b.forward && a.backward == b.backward && a.step == b.step && a.head == b.head
      && a.ready == b.ready && a.sums == b.sums && a.byteCounts == b.byteCounts
      && a.featureByteCount == b.featureByteCount
  }
}

extension CostModel {
  /// What each rank of the modality at `place` does in a cycle.
  public func rankWork(of place: Int, in run: PlannedRun, _ placement: Placement) -> RankWork {
    let modality = run.modalities[place]
    let measured = profile.modalities[modality.profile]
    let passes = passes(of: modality, slowdown: slowdown(of: place, run, placement))
    let summing = summing(placement.spread(of: place).values.max() ?? 1)
    let (n, r) = (Double(measured.batchSize), Double(modality.ranks))
    let bytes = measured.buckets.prefix(passes.ready.count).map { Double($0.byteCount) }
    return RankWork(
      forward: passes.forward + (measured.isLoadedAhead ? 0 : n / r * measured.load.median),
      backward: passes.backward,
      step: measured.step.median * measured.threads(Double(modality.threads)),
      head: (measured.headPart.median, measured.featureGradient.median),
      ready: passes.ready, sums: bytes.map { summing > 0 ? $0 / summing : 0 },
      byteCounts: bytes, featureByteCount: 16 + 4 * n * Double(profile.head.features) / r
    ).joiningBuckets()
  }

  /// The bytes of a turn's messages, down and up.
  public func turnByteCounts(of place: Int, in run: PlannedRun) -> (down: Double, up: Double) {
    let (down, up, _) = messages(of: run.modalities[place], in: run)
    return (down, up)
  }
}
