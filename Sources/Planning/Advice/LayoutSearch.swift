/// Finds how many ranks, and how many threads on each, make the shortest cycle.
///
/// For every number of threads, the slowest modality gets the next number of ranks that its shards allow,
/// as long as there are cores and it becomes faster: a modality's work only falls with its ranks, so that
/// nothing else can shorten the cycle. Of layouts within 2 % of the best, the one with fewest ranks is
/// chosen, then the one with fewest threads: threads of one rank need no exchange.
public struct LayoutSearch: Sendable {
  /// What a layout within this part of the best one is as good as.
  private static let tolerance = 1.02

  private let model: CostModel
  private let free: Set<Int>
  private let threads: [Int]

  /// A search over the modalities whose ranks are free, and these numbers of threads.
  public init(_ model: CostModel, free: Set<Int>, threads: [Int]) {
    (self.model, self.free, self.threads) = (model, free, threads)
  }

  /// What was looked at.
  public struct Candidate: Sendable, Equatable {
    /// The layout.
    public var run: PlannedRun
    /// What the model says of it.
    public var cycle: Double
  }

  /// The layouts that were compared, the chosen one first; `run` has shards as people fixed them.
  ///
  /// - Parameter fixed: the modalities whose shards are fixed; those of others follow their ranks.
  public func candidates(for run: PlannedRun, fixedShards fixed: Set<Int> = []) -> [Candidate] {
    var found: [Candidate] = []
    for threads in threads {
      var current = run
      for place in current.modalities.indices {
        current.modalities[place].threads = threads
        guard free.contains(place) else { continue }
        current.modalities[place].ranks = 1
        if !fixed.contains(place) { current.modalities[place].shards = 1 }
      }
      found.append(Candidate(run: current, cycle: model.predict(current).cycle))
      while let next = step(from: current, fixed) {
        current = next
        found.append(Candidate(run: current, cycle: model.predict(current).cycle))
      }
    }
    let fitting = found.filter { model.fits($0.run) }
    let candidates = fitting.isEmpty ? found : fitting
    let best = candidates.map(\.cycle).min() ?? 0
    func cost(_ candidate: Candidate) -> (Int, Int, Int, Double) {
      (
        candidate.cycle <= Self.tolerance * best ? 0 : 1, candidate.run.rankCount,
        candidate.run.modalities.first?.threads ?? 1, candidate.cycle
      )
    }
    return candidates.sorted { cost($0) < cost($1) }
  }

  /// The layout with more ranks for the slowest modality; nil: there is no better.
  private func step(from run: PlannedRun, _ fixed: Set<Int>) -> PlannedRun? {
    let now = model.predict(run)
    guard case .work(let place)? = now.bounds.first?.kind, free.contains(place) else { return nil }
    var next = run
    let samples = model.profile.modalities[run.modalities[place].profile].batchSize
    repeat {
      next.modalities[place].ranks += 1
      guard next.modalities[place].ranks <= samples else { return nil }
      if !fixed.contains(place) { next.modalities[place].shards = next.modalities[place].ranks }
      if fixed.contains(place), next.modalities[place].ranks > next.modalities[place].shards {
        return nil
      }
    } while !next.modalities[place].isPossible
    guard model.fits(next) else { return nil }
    return model.predict(next).works[place].seconds < now.works[place].seconds ? next : nil
  }
}
