import Plots
import Runs
import Statistics
import Storage

/// The page of several runs beside each other.
struct ComparedPage {
  private(set) var title: String
  private(set) var kind: String
  let groups: [RunGroup]
  /// The modalities of all runs, in the order of the first that has them.
  let names: [String]
  let palette: Palette
  /// The folders that were named, for the command that makes the page again.
  let folders: [String]
  /// What is told beside the runs.
  var extra: [Section] = []
  /// What could not be read.
  var problems: [String] = []

  init(_ runs: [RunRecord], title: String, kind: String, folders: [String]) {
    (self.title, self.kind, self.folders) = (title, kind, folders)
    groups = RunGroup.all(of: runs)
    var names: [String] = []
    for run in runs { names += run.modalities.filter { !names.contains($0) } }
    self.names = names
    palette = Palette(names)
  }

  /// Adds what an experiment has found; nil: the runs are of none.
  mutating func add(_ experiment: ExperimentRecord?) {
    guard let experiment else { return }
    (title, kind) = (experiment.name, "Experiment")
    extra = experiment.sections
  }

  private var runs: [RunRecord] { groups.flatMap(\.runs) }

  /// The whole page.
  var page: Page {
    let cut = runs.filter { $0.state != .over }
    var warnings = problems
    if !cut.isEmpty {
      warnings.append(
        "\(cut.count) of \(runs.count) runs are not over: they are shown as far as they are.")
    }
    return Page(
      title: title, kind: kind, lead: lead,
      opening: warnings.map { .warning($0) } + [.beside([table] + pictures)],
      sections: extra + [
        Section(groups.count == 1 ? "How they learned" : "Side by side", curves),
        Section("The runs", [runTable]), Section("Again", again),
      ])
  }

  private var lead: String {
    let seeds = Set(runs.compactMap(\.seed))
    return [
      Numerals.counted(runs.count, "run", "runs"),
      groups.count > 1 ? "\(groups.count) kinds" : groups.first?.label,
      Numerals.counted(names.count, "modality", "modalities"),
      Numerals.counted(seeds.count, "seed", "seeds"),
    ].compactMap { $0 }.joined(separator: " · ")
  }

  private static func percent(_ moments: Moments?) -> String {
    guard let moments else { return "-" }
    let mean = Numerals.decimals(moments.mean * 100, 1)
    return moments.deviation.map { "\(mean) ± \(Numerals.decimals($0 * 100, 1))" } ?? mean
  }

  private var table: Block {
    .table(
      TitledTable(
        name: "runs", title: "Accuracy %, mean ± deviation over seeds",
        header: ["run", "seeds", "fused"] + names.map { "\($0) alone" },
        rows: groups.map { group in
          [group.label, "\(group.runs.count)", Self.percent(group.fused)]
            + names.map { Self.percent(group.alone($0)) }
        }))
  }

  /// What each modality learned under each method.
  private var pictures: [Block] {
    guard groups.count <= 12 else {
      return [
        .picture(
          IntervalPlot(
            "Accuracy of the fusion", measure: "per cent",
            rows: groups.map { Self.row($0.label, $0.fused) }
          ).picture, "Mean and deviation over seeds.")
      ]
    }
    var bars = names.enumerated().map { place, name in
      GroupedBars.Group(
        "\(Shown.plain(name)) alone", colour: palette[place],
        bars: groups.map { Self.row($0.label, $0.alone(name)) })
    }
    bars.append(
      GroupedBars.Group(
        "fused", colour: .soft, bars: groups.map { Self.row($0.label, $0.fused) }))
    let methods = Set(runs.compactMap(\.method))
    let caption =
      methods.contains { $0.hasPrefix("joint") } && methods.count > 1
      ? "A modality whose bar is short under joint training and long under another method was lazy: its encoder could learn more, and joint training let a stronger modality do its work."
      : "What each modality predicts by itself, and all of them together."
    return [
      .picture(
        GroupedBars(
          groups.count > 1 ? "What each modality has learned" : "Accuracy at the end",
          measure: "accuracy, per cent", groups: bars
        ).picture,
        caption + (groups.contains { $0.runs.count > 1 } ? " Lines are deviations over seeds." : "")
      )
    ]
  }

  private static func row(_ name: String, _ moments: Moments?) -> IntervalPlot.Row {
    let mean = (moments?.mean ?? .nan) * 100
    return .init(
      name, mean,
      range: moments?.deviation.map { (mean - $0 * 100)...(mean + $0 * 100) })
  }

  private var runTable: Block {
    .table(
      TitledTable(
        name: "each", title: "Each run",
        header: ["folder", "method", "seed", "epochs", "fused %", "time", "weights, SHA-256"],
        rows: runs.map { run in
          let fused = run.primary.flatMap { RunPage(run).last.fused[$0]?.accuracy }
          let state = run.state == .over ? "" : " (not over)"
          return [
            Self.shortened(run.folder, below: folders), run.method ?? "-", run.seed ?? "-",
            "\(run.epochs.last?.epoch ?? 0)\(state)",
            fused.map { Numerals.decimals($0 * 100, 2) } ?? "-",
            run.summary?["seconds"]?.quantity.map(Numerals.duration) ?? "-",
            run.summary?["weights_sha256"]?.text.map { String($0.prefix(12)) } ?? "-",
          ]
        }))
  }

  /// The path below the folder that was named.
  private static func shortened(_ path: String, below folders: [String]) -> String {
    for folder in folders where path.hasPrefix(folder + "/") {
      return String(path.dropFirst(folder.count + 1))
    }
    return path
  }

  private var again: [Block] {
    let command = ["./launch report"] + folders.map(RepeatCommand.quoted)
    let shown = runs.prefix(24).map { RepeatCommand($0).fromFolder }
    return [
      .text("The runs again, each from the configuration that it left:"),
      .code(shown.joined(separator: "\n") + (runs.count > shown.count ? "\n# …" : "")),
      .text("This page again, from the folders alone:"),
      .code(command.joined(separator: " ")),
    ]
  }
}
