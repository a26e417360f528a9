import Plots
import Statistics

extension ExperimentReport {
  /// The pictures with the names of their files.
  var pictures: [(String, Picture)] {
    var pictures = [("accuracy", accuracy)]
    if rows.contains(where: { $0.difference != nil }) {
      pictures.append(("differences", differences))
    }
    if !findings.plan.description.conditions.missing.rates.isEmpty {
      pictures.append(("missing", missingPicture))
    }
    return pictures
  }

  private var accuracy: Picture {
    IntervalPlot(
      "Test accuracy, mean and deviation over seeds", measure: "per cent",
      rows: rows.map { row in
        let moments = row.moments(\.accuracy)
        let mean = (moments?.mean ?? .nan) * 100
        return .init(
          row.name, mean,
          range: moments?.deviation.map { (mean - $0 * 100)...(mean + $0 * 100) })
      }
    ).picture
  }

  private var differences: Picture {
    IntervalPlot(
      "Difference to \(reference ?? ""), 95 %", measure: "points of accuracy",
      rows: rows.compactMap { row in
        row.difference.map { difference in
          let interval = difference.overBoth ?? difference.overSamples
          return .init(
            row.name, difference.moments.mean * 100,
            range: interval.map { $0.low * 100...$0.high * 100 })
        }
      }, mark: 0
    ).picture
  }

  private var missingPicture: Picture {
    let rates = findings.plan.description.conditions.missing.rates
    let series = rows.map { row in
      LinePlot.Series(
        row.name,
        rates.indices.compactMap { place in
          row.moments { $0.missing[place] }.map { moments in
            let (mean, spread) = (moments.mean * 100, (moments.deviation ?? 0) * 100)
            return .init(rates[place], mean, range: (mean - spread)...(mean + spread))
          }
        }, stroke: row.point.isBaseline ? .dashed : .solid)
    }
    let least = series.flatMap(\.points).map(\.least).min() ?? 0
    return LinePlot(
      "Test accuracy with modalities missing",
      x: Axis("share of pairs missing", to: rates.max() ?? 1),
      y: Axis("per cent", from: least, to: series.map(\.largest).max() ?? 100), series: series
    ).picture
  }
}
