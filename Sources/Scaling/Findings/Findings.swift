/// What an experiment has found.
public struct Findings: Sendable {
  /// One layout.
  public struct Row: Sendable {
    /// The layout.
    public let layout: Layout
    /// Seconds of a cycle: each round's middle.
    public let cycle: Spread?
    /// How many times as fast as the first layout of its kind: ratios within rounds.
    public let speedUp: Spread?
    /// The speed-up as a part of what would be ideal.
    public let efficiency: Spread?
    /// The cycle if the first layout of its kind scaled without loss, in seconds.
    public let ideal: Double?
    /// The cycle that the cost model predicts, in seconds; nil: there is none.
    public let model: Double?
    /// Where the ranks' time goes.
    public let factors: Factors?
    /// The longest of the ranks' work, a cycle, in seconds.
    public let slowest: Double?
    /// All turns of a cycle one after the other, in seconds.
    public let turns: Double?
    /// Each rank's times, the middle of each.
    public let ranks: [LayoutReport.Rank]
    /// The different weights that its rounds ended with: one, unless something is wrong.
    public let digests: [String]
    /// Why it failed; nil: it did not.
    public let failure: String?
  }

  /// The rounds as they were.
  public let rounds: [Round]
  /// The numbers of the rounds that count.
  public let kept: [Int]
  /// Whether every round was disturbed, so that all count.
  public let areAllDisturbed: Bool
  /// A row for each layout.
  public let rows: [Row]

  /// - Parameters:
  ///   - limit: how much of a core others may take.
  ///   - model: the seconds that a layout's cycle should take, where somebody knows.
  public init(
    _ layouts: [Layout], _ rounds: [Round], limit: Double,
    model: (Layout) -> Double? = { _ in nil }
  ) {
    let ran = rounds.filter { $0.outcomes.contains { $0 != nil } }
    let quiet = ran.filter { $0.foreign <= limit }
    areAllDisturbed = quiet.isEmpty && !ran.isEmpty
    let used = areAllDisturbed ? ran : quiet
    self.rounds = ran
    kept = used.map(\.number)
    rows = layouts.indices.map { place in
      Self.row(
        place, base: layouts.firstIndex { $0.kind == layouts[place].kind } ?? place, layouts, used,
        all: ran, model: model(layouts[place]))
    }
  }

  /// The number of rounds that do not count.
  public var droppedCount: Int { rounds.count - kept.count }

  private static func row(
    _ place: Int, base: Int, _ layouts: [Layout], _ used: [Round], all: [Round], model: Double?
  ) -> Row {
    let layout = layouts[place]
    let reports = used.compactMap { $0.report(place) }
    let ratios = used.compactMap { round in
      round.report(place).flatMap { here in round.report(base).map { $0.cycle / here.cycle } }
    }
    let growth = Double(layout.count) / Double(layouts[base].count)
    let best = layout.kind == .strong ? growth : 1
    let baseCycle = Spread(used.compactMap { $0.report(base)?.cycle })?.median
    return Row(
      layout: layout, cycle: Spread(reports.map(\.cycle)), speedUp: Spread(ratios),
      efficiency: Spread(ratios.map { $0 / best }), ideal: baseCycle.map { $0 / best },
      model: model, factors: Factors(middleOf: reports.compactMap { Factors($0) }),
      slowest: Spread(reports.compactMap { $0.ranks.map(\.useful).max() })?.median,
      turns: Spread(reports.map(\.turns))?.median, ranks: ranks(reports),
      digests: Set(all.compactMap { $0.report(place)?.weightsDigest }).sorted(),
      failure: all.lazy.compactMap {
        if case .failed(let reason, _)? = $0.outcomes[place] { reason } else { nil }
      }.first)
  }

  /// The middle of each rank's times.
  private static func ranks(_ reports: [LayoutReport]) -> [LayoutReport.Rank] {
    guard let first = reports.first else { return [] }
    return first.ranks.indices.map { place in
      var rank = first.ranks[place]
      let same = reports.filter { $0.ranks.indices.contains(place) }.map { $0.ranks[place] }
      for phase in Phase.allCases.map(\.seconds) + [\.training] {
        rank[keyPath: phase] = Spread(same.map { $0[keyPath: phase] })?.median ?? 0
      }
      rank.peakMemoryByteCount = same.map(\.peakMemoryByteCount).max() ?? 0
      return rank
    }
  }
}

/// What a rank's time is divided into, in the order of a cycle.
enum Phase: String, CaseIterable {
  case load, forward, wait, head, backward, exchange

  /// Where a report has it.
  var seconds: WritableKeyPath<LayoutReport.Rank, Double> {
    switch self {
    case .load: \.load
    case .forward: \.forward
    case .wait: \.wait
    case .head: \.head
    case .backward: \.backward
    case .exchange: \.exchange
    }
  }
}
