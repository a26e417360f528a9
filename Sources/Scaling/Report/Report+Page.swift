import Plots
import Reports

extension Report {
  /// One page that needs nothing beside itself.
  public var page: String {
    var page = Page(
      title: "Scaling of \(configuration)", kind: "Scaling", lead: headline,
      opening: remarks.map { .text($0) }
        + (pictures.isEmpty ? [] : [.beside(pictures.map { .picture($0, "") })])
        + tables.map { .table($0) },
      sections: [])
    page.footer =
      "Medians over the rounds that count; ratios are taken within rounds. Load balance x serialisation x transfer = parallel efficiency. docs/scaling.md says how to read them."
    return page.html
  }

  /// The plots: speed-up and efficiency with what would be ideal, then each layout's ranks.
  var pictures: [Picture] {
    var pictures: [Picture] = []
    if rows(.strong).contains(where: { $0.speedUp != nil }) {
      pictures += [speedUp, efficiency(.strong, "ranks")]
    }
    if rows(.weak).contains(where: { $0.efficiency != nil }) {
      pictures += [efficiency(.weak, "modalities"), cycles]
    }
    return pictures + findings.rows.filter { !$0.ranks.isEmpty }.map(Self.bars)
  }

  private var speedUp: Picture {
    let rows = rows(.strong)
    let base = rows[0]
    func growth(_ row: Findings.Row) -> Double {
      Double(row.layout.count) / Double(base.layout.count)
    }
    var series = [measured(rows, \.speedUp)]
    series.append(
      .init("ideal", rows.map { .init(Double($0.layout.count), growth($0)) }, stroke: .dashed))
    if let start = base.model {
      series.append(
        .init(
          "model",
          rows.compactMap { row in row.model.map { .init(Double(row.layout.count), start / $0) } },
          stroke: .dotted))
    }
    return LinePlot(
      "Speed-up of \(scaled)", x: Axis("ranks", ratiosOf: rows.map { Double($0.layout.count) }),
      y: Axis("times as fast as \(base.layout.title)", to: Self.most(series)), series: series
    ).picture
  }

  private func efficiency(_ kind: Layout.Kind, _ axis: String) -> Picture {
    let rows = rows(kind)
    var series = [measured(rows, \.efficiency)]
    series.append(.init("ideal", rows.map { .init(Double($0.layout.count), 1) }, stroke: .dashed))
    if let start = rows[0].model {
      series.append(
        .init(
          "model",
          rows.compactMap { row in
            row.model.map { model in
              let growth = Double(row.layout.count) / Double(rows[0].layout.count)
              return .init(
                Double(row.layout.count), start / model / (kind == .strong ? growth : 1))
            }
          }, stroke: .dotted))
    }
    return LinePlot(
      kind == .strong ? "Efficiency of more ranks" : "Efficiency of more modalities",
      x: Axis(axis, ratiosOf: rows.map { Double($0.layout.count) }),
      y: Axis("efficiency", to: Self.most(series)), series: series
    ).picture
  }

  /// What bounds the cycle of more and more modalities.
  private var cycles: Picture {
    let rows = rows(.weak)
    func line(_ name: String, _ value: (Findings.Row) -> Double?) -> LinePlot.Series {
      .init(
        name,
        rows.compactMap { row in value(row).map { .init(Double(row.layout.count), $0 * 1e3) } },
        stroke: .dashed)
    }
    let points = rows.compactMap { row in
      row.cycle.map {
        LinePlot.Series.Point(
          Double(row.layout.count), $0.median * 1e3, range: $0.least * 1e3...$0.most * 1e3)
      }
    }
    var series = [
      LinePlot.Series("measured", points), line("slowest rank") { $0.slowest },
      line("all turns") { $0.turns },
    ]
    if rows.contains(where: { $0.model != nil }) { series.append(line("model") { $0.model }) }
    return LinePlot(
      "A cycle, and what bounds it",
      x: Axis("modalities", ratiosOf: rows.map { Double($0.layout.count) }),
      y: Axis("milliseconds", to: Self.most(series)), series: series
    ).picture
  }

  private func measured(
    _ rows: [Findings.Row], _ value: KeyPath<Findings.Row, Spread?>
  ) -> LinePlot.Series {
    .init(
      "measured (range over rounds)",
      rows.compactMap { row in
        row[keyPath: value].map {
          .init(Double(row.layout.count), $0.median, range: $0.least...$0.most)
        }
      })
  }

  private static func most(_ series: [LinePlot.Series]) -> Double {
    series.map(\.largest).max() ?? 1
  }

  private static func bars(_ row: Findings.Row) -> Picture {
    StackedBars(
      "Where the time goes: \(row.layout.title) (\(row.layout.kind.rawValue))",
      measure: "milliseconds a cycle", parts: Phase.allCases.map(\.rawValue),
      bars: row.ranks.map { rank in
        .init(
          "\(rank.rank) \(rank.role)", Phase.allCases.map { rank[keyPath: $0.seconds] * 1e3 })
      }
    ).picture
  }
}
