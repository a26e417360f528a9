import Runs

extension Report {
  /// The tables of what was measured: strong scaling, then weak.
  public var tables: [TitledTable] {
    [strong, weak, phases].filter { !$0.rows.isEmpty }
  }

  private var strong: TitledTable {
    table(
      "strong: \(plan.standIns == nil ? scaled : "\(scaled) (stand-in)") on more ranks, \(plan.shardCount) shards",
      of: .strong, ["ranks", "speed-up (range)", "efficiency"]
    ) { row in
      [
        "\(row.layout.count)", Self.ratio(row.speedUp),
        Self.decimals(row.efficiency?.median),
      ]
    }
  }

  private var weak: TitledTable {
    table(
      "weak: more modalities, a rank each", of: .weak,
      ["modalities", "efficiency (range)", "slowest rank, ms", "all turns, ms", "bound by"]
    ) { row in
      [
        "\(row.layout.count)", Self.ratio(row.efficiency), Self.milliseconds(row.slowest),
        Self.milliseconds(row.turns), Self.bound(row),
      ]
    }
  }

  /// What all kinds have beside their own columns, which stand behind the first.
  private func table(
    _ title: String, of kind: Layout.Kind, _ own: [String],
    _ cells: (Findings.Row) -> [String]
  ) -> TitledTable {
    let rows = rows(kind)
    let hasModel = rows.contains { $0.model != nil }
    let model = hasModel ? ["model ms", "model / measured"] : []
    let header =
      [own[0], "cycle ms (range)"] + own.dropFirst() + ["ideal ms"] + model
      + ["balance", "serial.", "transfer", "parallel eff.", "weights"]
    let lines = rows.map { row -> [String] in
      let cells = cells(row)
      guard row.cycle != nil else {
        return [cells[0], "failed"] + Array(repeating: "-", count: header.count - 2)
      }
      let predicted =
        hasModel
        ? [
          Self.milliseconds(row.model),
          Self.decimals(row.model.flatMap { model in row.cycle.map { model / $0.median } }),
        ] : []
      return [cells[0], Self.milliseconds(row.cycle)] + cells.dropFirst()
        + [Self.milliseconds(row.ideal)] + predicted
        + [
          Self.decimals(row.factors?.loadBalance), Self.decimals(row.factors?.serialisation),
          Self.decimals(row.factors?.transfer), Self.decimals(row.factors?.parallelEfficiency),
          weights(row),
        ]
    }
    return TitledTable(name: kind.rawValue, title: title, header: header, rows: lines)
  }

  /// The largest layout of each kind, rank by rank.
  private var phases: TitledTable {
    let largest = [Layout.Kind.strong, .weak].compactMap { kind in
      rows(kind).last { !$0.ranks.isEmpty }
    }
    return TitledTable(
      name: "phases", title: "where the time of a cycle goes, ms",
      header: ["layout, rank"] + Phase.allCases.map(\.rawValue),
      rows: largest.flatMap { row in
        row.ranks.map { rank in
          ["\(row.layout.name) \(rank.rank) \(rank.role)"]
            + Phase.allCases.map { Self.milliseconds(rank[keyPath: $0.seconds]) }
        }
      })
  }

  private static func bound(_ row: Findings.Row) -> String {
    guard let slowest = row.slowest, let turns = row.turns else { return "-" }
    return turns > slowest ? "turns" : "slowest rank"
  }

  static func milliseconds(_ seconds: Double?) -> String {
    seconds.map { Numerals.decimals($0 * 1e3, 2) } ?? "-"
  }

  static func milliseconds(_ spread: Spread?) -> String {
    guard let spread else { return "-" }
    let (low, high) = (milliseconds(spread.least), milliseconds(spread.most))
    return "\(milliseconds(spread.median)) (\(low)-\(high))"
  }

  static func decimals(_ number: Double?) -> String {
    number.map { Numerals.decimals($0, 2) } ?? "-"
  }

  static func ratio(_ spread: Spread?) -> String {
    guard let spread else { return "-" }
    return "\(decimals(spread.median)) (\(decimals(spread.least))-\(decimals(spread.most)))"
  }
}
