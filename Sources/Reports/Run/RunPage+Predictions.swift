import Plots
import Runs

/// Which classes are taken for which, how far probabilities can be believed, and what fusion made of the
/// modalities.
extension RunPage {
  /// The most classes of which each has a row in a table.
  private static let mostClasses = 120

  var predictions: [Block] {
    let fused = run.evaluation?.fused.flatMap { confusion($0, "the fusion") }
    let pictures = [fused, reliability, weights].compactMap { $0 }
    let alone = (run.evaluation?.predictors ?? []).filter { !$0.isFused }
      .compactMap { confusion($0, "\($0.name) alone", onlySmall: true) }
    var blocks: [Block] = pictures.isEmpty ? [] : [.beside(pictures)]
    if !alone.isEmpty {
      blocks.append(.folded("Confusion of each modality alone", [.beside(alone)]))
    }
    let tables = [otherFusions, mistakes, presence].compactMap { $0 }
    if !tables.isEmpty { blocks.append(.beside(tables)) }
    return blocks + [classTable].compactMap { $0 }
  }

  private func className(_ place: Int) -> String {
    run.classes.indices.contains(place) ? Shown.plain(run.classes[place]) : "\(place)"
  }

  private func confusion(
    _ predictor: EvaluationRecord.Predictor, _ title: String, onlySmall: Bool = false
  ) -> Block? {
    let known = predictor.confusion.reduce(0) { max($0, $1.label, $1.prediction) } + 1
    let count = run.classes.isEmpty ? known : run.classes.count
    guard 2...HeatMap.mostRows ~= count, known <= count, !predictor.confusion.isEmpty,
      !onlySmall || count <= 30
    else { return nil }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: count), count: count)
    var sums = [Int](repeating: 0, count: count)
    for pair in predictor.confusion {
      sums[pair.label] += pair.count
      if pair.prediction >= 0 { counts[pair.label][pair.prediction] += pair.count }
    }
    let shares = zip(counts, sums).map { row, sum in
      row.map { sum == 0 ? 0 : Double($0) / Double(sum) }
    }
    let found = counts
    return .picture(
      HeatMap(
        "Confusion, \(Shown.plain(title))", down: "label", across: "prediction",
        names: (0..<count).map(className), shares: shares
      ) { found[$0][$1] == 0 ? "" : Numerals.grouped(found[$0][$1]) }.picture,
      "Full colour: all samples of the label. On the diagonal they are right."
        + (count > 15 ? "" : " Numbers are samples."))
  }

  /// The pairs that are taken for each other most often.
  private var mistakes: Block? {
    guard let fused = run.evaluation?.fused else { return nil }
    let pairs = fused.confusion.enumerated().filter {
      $0.element.label != $0.element.prediction && $0.element.count > 0
    }
    let most = pairs.sorted { (-$0.element.count, $0.offset) < (-$1.element.count, $1.offset) }
      .prefix(10).map(\.element)
    guard !most.isEmpty else { return nil }
    return .table(
      TitledTable(
        name: "mistakes", title: "The most frequent mistakes of the fusion",
        header: ["label", "prediction", "samples"],
        rows: most.map {
          [
            className($0.label), $0.prediction < 0 ? "none" : className($0.prediction),
            Numerals.grouped($0.count),
          ]
        }))
  }

  private var reliability: Block? {
    let predictors = (run.evaluation?.predictors ?? []).filter { $0.expectedError != nil }
    guard !predictors.isEmpty else { return nil }
    let diagonal = LinePlot.Series(
      "as it should be", [.init(0, 0), .init(1, 1)], stroke: .dotted, colour: .soft)
    let lines = predictors.map { predictor -> LinePlot.Series in
      let name = predictor.isFused ? "fused" : predictor.name
      let error = predictor.expectedError.map { ", ECE \(Numerals.decimals($0 * 100, 1)) %" } ?? ""
      return LinePlot.Series(
        Shown.plain(name) + error,
        predictor.bins.filter { $0.count >= 1 }.map { bin in
          let share = bin.right / bin.count
          return .init(
            bin.confidence / bin.count, share,
            range: predictor.isFused ? Self.range(bin.right, of: bin.count) : nil)
        }, colour: predictor.isFused ? .ink : palette[predictor.name])
    }
    return .picture(
      LinePlot(
        "Reliability", x: Axis("probability of what is predicted", to: 1),
        y: Axis("share that is right", to: 1), series: lines + [diagonal]
      ).picture,
      "Below the dotted line a prediction is surer than it should be. 15 bins of equal width; the band is the 95 % interval (Wilson) of the fusion's bins."
    )
  }

  /// The interval of Wilson (1927) for a share, 95 %.
  static func range(_ right: Double, of count: Double) -> ClosedRange<Double>? {
    guard count > 0, right >= 0, right <= count else { return nil }
    let z = 1.96
    let share = right / count
    let middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    let half =
      z / (1 + z * z / count)
      * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
    return max(0, middle - half)...min(1, middle + half)
  }

  private var weights: Block? {
    let rows = run.evaluation?.weights ?? []
    guard let range = rows.first?.range, rows.allSatisfy({ $0.range == range }) else { return nil }
    return .picture(
      Distributions(
        "Weights in the fusion", measure: "weight", range: range,
        rows: rows.map {
          .init(
            Shown.plain($0.name), colour: palette[$0.name], counts: $0.counts, median: $0.median)
        }
      ).picture,
      "How often a modality had which weight in the samples that have it; the upright line is its median. Each row has its own height."
    )
  }

  /// Precision, recall and F1 of the fusion, with each modality's recall.
  private var classTable: Block? {
    let rows = run.classRows
    guard let first = rows.first else { return nil }
    let fused = rows.filter { $0.predictor == first.predictor }
    guard fused.count <= Self.mostClasses else {
      return .text("There are \(fused.count) classes; classes.csv has the numbers of each.")
    }
    let others = names.map { name in rows.filter { $0.predictor == name } }
    func percent(_ value: Double) -> String { Numerals.decimals(value * 100, 1) }
    let table = TitledTable(
      name: "classes", title: "Each class, per cent",
      header: ["class", "samples", "precision", "recall", "F1"] + names.map { "recall \($0)" },
      rows: fused.enumerated().map { place, row in
        [
          row.name, Numerals.grouped(row.support), percent(row.precision), percent(row.recall),
          percent(row.f1),
        ]
          + others.map { $0.indices.contains(place) ? percent($0[place].recall) : "-" }
      })
    return fused.count > 20 ? .folded("Each class", [.table(table)]) : .table(table)
  }

  /// Which modalities samples have, where some lack some.
  private var presence: Block? {
    let rows = run.evaluation?.presence ?? []
    guard rows.count > 1 else { return nil }
    return .table(
      TitledTable(
        name: "presence", title: "Which modalities samples have",
        header: ["modalities", "samples"],
        rows: rows.prefix(20).map {
          [
            $0.modalities.isEmpty ? "none" : $0.modalities.joined(separator: " + "),
            Numerals.grouped($0.count),
          ]
        }))
  }
}
