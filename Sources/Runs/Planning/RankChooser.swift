import Configuration
import Planning

/// Chooses the ranks of modalities that say `ranks: auto`, and the threads of all ranks where the
/// configuration says none, before a run starts.
public struct RankChooser {
  /// What was chosen, as it is written into the configuration.
  public let configuration: RunConfiguration
  /// The keys that say so, as `--set` takes them.
  public let overrides: [String]
  /// What was chosen and why, for people.
  public let lines: [String]

  /// The layouts that people are shown beside the chosen one.
  private static let shown = 3

  /// Chooses by what `model` says.
  public init(_ configuration: RunConfiguration, model: CostModel) throws {
    let modalities = configuration.modalities
    let free = Set(modalities.indices.filter { modalities[$0].choosesRanks })
    let cores = model.cluster.cores
    let threads =
      configuration.execution.threads.map { [$0] }
      ?? (0..<12).map { 1 << $0 }.filter { $0 < cores } + [cores]
    // Without a word about them, shards are as many as ranks.
    let fixed = free.filter { modalities[$0].sharding.count > 1 }
    let candidates = LayoutSearch(model, free: free, threads: threads)
      .candidates(for: PlannedRun(configuration, threads: 1), fixedShards: fixed)
    var chosen = configuration
    var overrides: [String] = []
    guard let best = candidates.first else { preconditionFailure("no layout") }
    for place in free.sorted() {
      chosen.modalities[place].ranks = best.run.modalities[place].ranks
      chosen.modalities[place].choosesRanks = false
      chosen.modalities[place].sharding.count = best.run.modalities[place].shards
      overrides.append(
        "modalities.\(modalities[place].name).ranks=\(best.run.modalities[place].ranks)")
    }
    let each = best.run.modalities.first?.threads ?? 1
    if configuration.execution.threads == nil {
      chosen.execution.threads = each
      overrides.append("execution.threads=\(each)")
    }
    (self.configuration, self.overrides) = (chosen, overrides)
    let report = try PlanReport(model, best.run)
    let others = candidates.dropFirst().prefix(Self.shown).map {
      "\(Self.words($0.run)) \(Units.time($0.cycle))"
    }
    lines =
      [
        "ranks: auto chose \(Self.words(best.run)): \(Units.time(best.cycle)) a cycle, bound by \(report.prediction.bounds.first.map { report.name(of: $0.kind) } ?? "nothing")"
      ]
      + (others.isEmpty
        ? []
        : [
          "  others: \(others.joined(separator: "; ")); of layouts within 2 % the one with fewest ranks is taken"
        ])
  }

  /// `video 4, text 1, 2 threads each`.
  private static func words(_ run: PlannedRun) -> String {
    let ranks = run.modalities.map { "\($0.name) \($0.ranks)" }.joined(separator: ", ")
    let threads = run.modalities.first?.threads ?? 1
    return "\(ranks), \(Numerals.counted(threads, "thread", "threads")) each"
  }
}
