import Plots
import Runs
import Storage

/// The page of one run.
struct RunPage {
  let run: RunRecord
  /// The modalities, as they are shown.
  let names: [String]
  let palette: Palette

  init(_ run: RunRecord) {
    self.run = run
    names = run.modalities
    palette = Palette(names)
  }

  /// The whole page.
  var page: Page {
    Page(
      title: run.name, kind: "Run", lead: lead,
      opening: warnings + opening.filter { !$0.isEmpty },
      sections: [
        Section("How it learned", curves), Section("What turns do to each other", interference),
        Section("How it predicts", predictions), Section("Where the time went", machines),
        Section("What was run", facts), Section("Again", again),
      ])
  }

  /// What was run, in a line.
  private var lead: String {
    var parts = [
      run.method,
      names.isEmpty ? nil : Numerals.counted(names.count, "modality", "modalities"),
      run.classes.isEmpty
        ? nil : Numerals.counted(run.classes.count, "class", "classes"),
      run.epochsAsked.map { Numerals.counted($0, "epoch", "epochs") },
      run.configuration.map { "batch \($0.batchSize)" }, run.seed.map { "seed \($0)" },
    ].compactMap { $0 }
    if let seconds = run.summary?["seconds"]?.quantity { parts.append(Numerals.duration(seconds)) }
    return parts.joined(separator: " · ")
  }

  /// What must be known before anything else.
  private var warnings: [Block] {
    let done = run.epochs.last?.epoch ?? 0
    let asked = run.epochsAsked.map { " of \($0)" } ?? ""
    var warnings: [String] = []
    switch run.state {
    case .over: break
    case .running(let who):
      warnings.append(
        "This run goes on (\(who)): \(done)\(asked) epochs are trained. The page shows it as it was when the page was written."
      )
    case .cut:
      warnings.append(
        "This run ended before its time: \(done)\(asked) epochs are trained. ./launch train --resume \(run.folder) goes on from its last checkpoint."
      )
    }
    return (warnings + run.problems).map { .warning($0) }
  }

  /// The last scores: those of the summary, else of the last epoch that was evaluated.
  var last: (fused: [String: Score], modalities: [String: Score], split: String?) {
    if let summary = run.summary, summary["fused"] != nil {
      return (
        Score.all(in: summary["fused"]), Score.all(in: summary["modalities"]),
        summary["split"]?.text
      )
    }
    let line = run.epochs.last { !$0.fused.isEmpty }
    return (line?.fused ?? [:], line?.modalities ?? [:], line?.split)
  }

  private var tiles: [Block.Tile] {
    let last = last
    guard let primary = run.primary, let fused = last.fused[primary]?.accuracy else { return [] }
    let split = last.split ?? "evaluated"
    let own = names.enumerated().compactMap { place, name in
      last.modalities[name]?.accuracy.map {
        Block.Tile(
          value: "\(Numerals.decimals($0 * 100, 1)) %", label: "\(name) alone",
          colour: palette[place])
      }
    }
    return [
      Block.Tile(
        value: "\(Numerals.decimals(fused * 100, 1)) %", label: "fused",
        detail: "\(primary), \(split)", colour: .ink)
    ] + own
  }

  /// What came of it, and on which way.
  private var opening: [Block] {
    [.tiles(tiles)] + [resultTable].compactMap { $0 }
      + [.beside([accuracyPicture, evaluatedLoss].compactMap { $0 })]
  }

  /// The fusion and every modality with all that is known of it.
  private var resultTable: Block? {
    let first = run.primary.map { ("fused: \($0)", last.fused[$0]) }
    return scores(
      ([first].compactMap { $0 }) + names.map { ("\($0) alone", last.modalities[$0]) },
      "\(last.split ?? "Evaluated") split, \(run.summary == nil ? "last evaluation" : "final weights")"
    )
  }

  /// The other ways to fuse.
  var otherFusions: Block? {
    let others = last.fused.keys.filter { $0 != run.primary }.sorted()
    return scores(others.map { ($0, last.fused[$0]) }, "Other ways to fuse the same predictions")
  }

  /// The accuracy of the same model on the validation split, by what the rows of the table are called.
  private var validationAccuracies: [String: Double] {
    let validation = run.summary?["validation"]
    var accuracies: [String: Double] = [:]
    for (kind, score) in Score.all(in: validation?["fused"]) {
      accuracies["fused: \(kind)"] = score.accuracy
      accuracies[kind] = score.accuracy
    }
    for (name, score) in Score.all(in: validation?["modalities"]) {
      accuracies["\(name) alone"] = score.accuracy
    }
    return accuracies
  }

  private func scores(_ rows: [(String, Score?)], _ title: String) -> Block? {
    guard rows.contains(where: { $0.1 != nil }) else { return nil }
    let scores = rows.compactMap(\.1)
    func percent(_ value: Double?) -> String {
      value.map { Numerals.decimals($0 * 100, 2) } ?? "-"
    }
    let errors = (run.evaluation?.predictors ?? []).reduce(into: [String: Double]()) {
      $0[$1.isFused ? "fused: \($1.name)" : "\($1.name) alone"] = $1.expectedError
    }
    var columns: [(String, (String, Score?) -> String)] = [
      ("accuracy %", { percent($1?.accuracy) }), ("macro-F1 %", { percent($1?.macroF1) }),
    ]
    if scores.contains(where: { $0.balancedAccuracy != nil }) {
      columns.append(("balanced %", { percent($1?.balancedAccuracy) }))
    }
    let validation = validationAccuracies
    if rows.contains(where: { validation[$0.0] != nil }) {
      columns.append(("validation %", { name, _ in percent(validation[name]) }))
    }
    if scores.contains(where: { $0.loss != nil }) {
      columns.append(("loss", { $1?.loss.map { Numerals.decimals($0, 3) } ?? "-" }))
    }
    if rows.contains(where: { errors[$0.0] != nil }) {
      columns.append(("ECE %", { name, _ in percent(errors[name]) }))
    }
    // One number for all is told above them.
    let counts = Set(scores.compactMap(\.samples))
    if counts.count > 1 {
      columns.append(("samples", { $1?.samples.map(Numerals.grouped) ?? "-" }))
    }
    return .table(
      TitledTable(
        name: "results",
        title: title
          + (counts.count == 1 ? counts.map { ", \(Numerals.grouped($0)) samples" }[0] : ""),
        header: ["prediction"] + columns.map(\.0),
        rows: rows.map { name, score in [name] + columns.map { $0.1(name, score) } }))
  }
}

extension Block {
  /// Whether there is nothing to see.
  var isEmpty: Bool {
    switch self {
    case .tiles(let tiles): tiles.isEmpty
    case .facts(let facts): facts.isEmpty
    case .beside(let blocks): blocks.isEmpty
    default: false
    }
  }
}

/// The colours of a page: each modality has one, in every picture.
struct Palette {
  private let places: [String: Int]

  init(_ names: [String]) {
    places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  /// The colour of the modality at a place.
  subscript(place: Int) -> Colour { .series(place) }

  /// The colour of what bears a name: a modality's own, else the text's.
  subscript(name: String) -> Colour { places[name].map { .series($0) } ?? .ink }
}
