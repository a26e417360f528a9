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
    return pictures + spoiltPictures
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
    ratePicture(
      "Test accuracy with modalities missing", "share of pairs missing",
      findings.plan.description.conditions.missing.rates
    ) { $1.missing[$0] }
  }

  /// A picture for each kind; what is not spoilt at all stands at 0.
  private var spoiltPictures: [(String, Picture)] {
    guard !spoiltCondition.rates.isEmpty else { return [] }
    // What stands at 0 already is not drawn twice.
    let places = spoiltCondition.rates.indices.filter { spoiltCondition.rates[$0] > 0 }
    let rates = [0] + places.map { spoiltCondition.rates[$0] }
    return spoiltCondition.kinds.enumerated().map { kind, input in
      let picture = ratePicture(
        "Test accuracy with inputs spoilt (\(input.rawValue))",
        "share of samples with one modality spoilt", rates
      ) { place, cell in
        place == 0 ? cell.accuracy : cell.spoilt[kind][places[place - 1]]
      }
      return ("spoilt-\(input.rawValue)", picture)
    }
  }

  /// A line for each row over some rates.
  ///
  /// - Parameter accuracy: that of a cell at the place of a rate; nil: it cannot be told.
  private func ratePicture(
    _ title: String, _ axis: String, _ rates: [Double],
    _ accuracy: @escaping (Int, Cell) -> Double?
  ) -> Picture {
    let series = rows.map { row in
      LinePlot.Series(
        row.name,
        rates.indices.compactMap { place in
          row.moments { accuracy(place, $0) }.map { moments in
            let (mean, spread) = (moments.mean * 100, (moments.deviation ?? 0) * 100)
            return .init(rates[place], mean, range: (mean - spread)...(mean + spread))
          }
        }, stroke: row.point.isBaseline ? .dashed : .solid)
    }
    let least = series.flatMap(\.points).map(\.least).min() ?? 0
    return LinePlot(
      title, x: Axis(axis, to: rates.max() ?? 1),
      y: Axis("per cent", from: least, to: series.map(\.largest).max() ?? 100), series: series
    ).picture
  }
}
