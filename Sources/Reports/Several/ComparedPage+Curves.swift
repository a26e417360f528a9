import Plots
import Runs

/// Curves of several runs over each other.
extension ComparedPage {
  /// One of them.
  private typealias Measure = (EpochLine, RunRecord) -> Double?

  /// The most groups that are told apart by how their lines are drawn.
  private static let mostStrokes = LinePlot.Series.Stroke.allCases.count
  /// The most groups whose curves are drawn: of more, none can be followed.
  private static let mostGroups = 8

  var curves: [Block] {
    guard groups.count <= Self.mostGroups else { return [] }
    let measures: [(String, String, Colour, Measure)] =
      [
        (
          "Accuracy of the fusion", "per cent", .ink,
          { line, run in
            run.primary.flatMap { line.fused[$0]?.accuracy }.map { $0 * 100 }
          }
        )
      ]
      + names.enumerated().map { place, name in
        (
          "Accuracy of \(Shown.plain(name)) alone", "per cent", palette[place],
          { line, _ in line.modalities[name]?.accuracy.map { $0 * 100 } }
        )
      }
    let plots =
      groups.count == 1
      ? [overlaid(groups[0], measures), losses(groups[0])]
      : measures.map { beside($0.0, $0.1, $0.2, $0.3) }
    let pictures = plots.compactMap { $0 }
    return pictures.isEmpty ? [] : [.beside(pictures)]
  }

  /// One group: a line for each modality, in its colour.
  private func overlaid(
    _ group: RunGroup, _ measures: [(String, String, Colour, Measure)]
  ) -> Block? {
    let labels = ["fused"] + names
    return RunPage.plot(
      "Accuracy", "per cent",
      zip(labels, measures).map { label, measure in
        curve(Shown.plain(label), measure.2, .solid, group, measure.3)
      }, Self.caption(group), from: 0)
  }

  private func losses(_ group: RunGroup) -> Block? {
    let told = group.runs.flatMap(\.epochs).reduce(into: Set<String>()) {
      $0.formUnion($1.training.keys)
    }
    let order = names.filter(told.contains) + told.filter { !names.contains($0) }.sorted()
    return RunPage.plot(
      "Training loss", "nats",
      order.map { name in
        curve(Shown.plain(name), palette[name], .solid, group) { line, _ in
          line.training[name]?.loss
        }
      }, Self.caption(group), from: 0)
  }

  /// Several groups: one measure, a line for each of them.
  private func beside(
    _ title: String, _ measure: String, _ colour: Colour, _ value: Measure
  ) -> Block? {
    let strokes = LinePlot.Series.Stroke.allCases
    let tellsByStroke = groups.count <= Self.mostStrokes
    return RunPage.plot(
      title, measure,
      groups.enumerated().map { place, group in
        curve(
          group.label, tellsByStroke ? colour : .series(place),
          tellsByStroke ? strokes[place] : .solid, group, value)
      }, groups.map(Self.caption).first { !$0.isEmpty } ?? "", from: 0)
  }

  private static func caption(_ group: RunGroup) -> String {
    group.runs.count > 1
      ? "Means of the seeds; the band is from the least to the largest." : ""
  }

  /// The mean of a group's runs, epoch by epoch, with the least and the largest.
  private func curve(
    _ name: String, _ colour: Colour, _ stroke: LinePlot.Series.Stroke, _ group: RunGroup,
    _ value: Measure
  ) -> LinePlot.Series {
    var values: [Int: [Double]] = [:]
    for run in group.runs {
      for line in run.epochs {
        if let number = value(line, run) { values[line.epoch, default: []].append(number) }
      }
    }
    return LinePlot.Series(
      name,
      values.sorted { $0.key < $1.key }.map { epoch, numbers in
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let ends =
          numbers.count > 1 ? numbers.min().flatMap { low in numbers.max().map { low...$0 } } : nil
        return .init(Double(epoch), mean, range: ends)
      }, stroke: stroke, colour: colour)
  }
}
