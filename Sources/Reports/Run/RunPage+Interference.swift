import Plots
import Runs
import Storage

/// What turns of one modality do to the others, through the shared head.
extension RunPage {
  /// The most modalities whose pairs are shown.
  private static let mostModalities = 16

  var interference: [Block] {
    let measured = run.epochs.compactMap { line in line.interference.map { (line, $0) } }
    guard !measured.isEmpty else { return [] }
    let drift = plot(
      "Way of the head", "|W - W0|",
      [curve("", .ink, run.epochs) { $0.interference?.drift }],
      "How far the head's weights are from their first values.", from: 0)
    let others = plot(
      "What a modality's turns do to the others", "mean logit shift",
      names.enumerated().map { place, name in
        curve(name, palette[place], run.epochs) { line in
          line.interference.flatMap { Self.shift(by: place, $0.logitShifts) }
        }
      }, "How far a turn moves the mean logits of the other modalities, on the average of them.",
      from: 0)
    let pictures = [drift, others, shifts(measured.map(\.1)), cosines(measured.map(\.1))]
    return [.beside(pictures.compactMap { $0 })]
  }

  /// The mean shift of others by turns of a modality; nil: it is not known.
  private static func shift(by place: Int, _ shifts: [[Double]]) -> Double? {
    guard place < shifts.count else { return nil }
    let others = shifts[place].enumerated().filter { $0.offset != place && $0.element.isFinite }
    guard !others.isEmpty else { return nil }
    return others.reduce(0) { $0 + $1.element } / Double(others.count)
  }

  private func shifts(_ measured: [EpochLine.Interference]) -> Block? {
    guard let means = means(measured.map(\.logitShifts)) else { return nil }
    let most = max(means.joined().filter(\.isFinite).max() ?? 1, .leastNormalMagnitude)
    return .picture(
      HeatMap(
        "Logit shift, mean of all epochs", down: "turns of", across: "move the logits of",
        names: names.map(Shown.plain), shares: means.map { $0.map { $0 / most } }
      ) { Markup.number(means[$0][$1]) }.picture,
      "On the diagonal: what turns do for their own modality. Beside it small numbers are good.")
  }

  private func cosines(_ measured: [EpochLine.Interference]) -> Block? {
    guard let means = means(measured.map(\.cosines)) else { return nil }
    return .picture(
      HeatMap(
        "Cosine between gradients, mean of all epochs", down: "gradient of",
        across: "beside that of",
        names: names.map(Shown.plain), shares: means.map { $0.map(abs) },
        colours: (.soft, .series(7))
      ) { Numerals.decimals(means[$0][$1], 2) }.picture,
      "Below 0 two modalities pull the head against each other.")
  }

  /// The mean of each pair over the epochs; nil: pairs were not compared, or are too many to be seen.
  private func means(_ all: [[[Double]]]) -> [[Double]]? {
    let count = names.count
    let known = all.filter { $0.count == count && $0.allSatisfy { $0.count == count } }
    guard !known.isEmpty, 2...Self.mostModalities ~= count else { return nil }
    return (0..<count).map { row in
      (0..<count).map { column in
        let values = known.map { $0[row][column] }.filter(\.isFinite)
        return values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
      }
    }
  }
}
