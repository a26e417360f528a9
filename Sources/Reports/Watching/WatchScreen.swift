import Runs

/// What is shown of runs that are watched, as lines of a terminal.
struct WatchScreen {
  let runs: [WatchedRun]
  let width: Int
  /// The lines that there is room for; nil: as many as there are.
  let height: Int?

  /// The longest time without news that needs no word, in seconds.
  private static let quiet = 60.0

  /// The lines, from the top.
  var lines: [ScreenLine] {
    guard runs.count > 1 else { return runs.first.map(whole) ?? [] }
    // The run that goes on; else the last one.
    let shown = runs.last(where: \.isRunning) ?? runs[runs.count - 1]
    let first = max(0, min(runs.count - 12, (runs.firstIndex { $0 === shown } ?? 0) - 6))
    let listed = runs[first..<min(runs.count, first + 12)]
    let over = runs.count(where: \.isOver)
    return [ScreenLine("\(runs.count) runs, \(over) over")] + listed.map(brief) + [ScreenLine("")]
      + whole(shown)
  }

  /// A run in one line.
  private func brief(_ run: WatchedRun) -> ScreenLine {
    let asked = run.configuration?.epochs ?? max(1, run.done)
    let filled = min(20, run.done * 20 / max(1, asked))
    let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: 20 - filled)
    let accuracy = fused(run).map { "  fused \(Numerals.percent($0))" } ?? ""
    return ScreenLine(
      "\(String(name(run).prefix(24)).padded(to: 24)) \(bar) \(run.done)/\(asked)\(accuracy)  \(state(run))"
    )
  }

  private func name(_ run: WatchedRun) -> String {
    Shown.plain(run.directory.path.split(separator: "/").last.map(String.init) ?? "")
  }

  private func state(_ run: WatchedRun) -> String {
    if run.isOver { return "over" }
    switch run.holder {
    case .process(let who, let isHere):
      let silence = (ContinuousClock.now - run.lastNews).inSeconds
      let news = silence > Self.quiet ? ", no news for \(Numerals.duration(silence))" : ""
      return isHere && news.isEmpty ? "goes on" : "goes on (\(who))\(news)"
    case .ended(let who): return "ended before its time (\(who))"
    case .nobody: return run.done == 0 ? "not begun" : "ended before its time"
    }
  }

  private func fused(_ run: WatchedRun) -> Double? {
    let line = run.epochs.last { !$0.fused.isEmpty }
    return kind(run).flatMap { line?.fused[$0]?.accuracy }
  }

  private func kind(_ run: WatchedRun) -> String? {
    let told = run.epochs.last { !$0.fused.isEmpty }?.fused ?? [:]
    let wanted = ["joint", run.configuration?.fusion.kind.rawValue ?? "", "average_logits"]
    return wanted.first { told[$0] != nil } ?? told.keys.sorted().first
  }

  private func names(_ run: WatchedRun) -> [String] {
    run.configuration?.modalities.map(\.name)
      ?? (run.epochs.last?.modalities.keys.sorted() ?? [])
  }

  /// A run with curves and the last epoch's numbers.
  private func whole(_ run: WatchedRun) -> [ScreenLine] {
    let asked = run.configuration?.epochs
    let left = run.isOver ? nil : run.secondsLeft().map { "\(Numerals.duration($0)) left" }
    var head = [
      name(run), run.configuration?.method.kind,
      "epoch \(run.done)\(asked.map { "/\($0)" } ?? "")", left,
    ].compactMap { $0 }
    if runs.count == 1 { head.append(state(run)) }
    return [ScreenLine(head.joined(separator: " · "))] + curves(run) + table(run)
      + [ScreenLine(Shown.plain(run.lastWord))]
  }

  /// The lines of a plot: fewer where the terminal is low.
  private var plotHeight: Int {
    guard let height else { return 7 }
    let rest =
      (runs.count > 1 ? min(12, runs.count) + 2 : 0) + 7 + (runs.first.map(names)?.count ?? 2)
    return max(3, min(10, (height - rest) / 2))
  }

  private func curves(_ run: WatchedRun) -> [ScreenLine] {
    let names = names(run)
    let last = Double(max(run.configuration?.epochs ?? 0, run.done, 2))
    let room = max(10, min(100, width - 8 - min(20, names.map(\.count).max() ?? 8)))
    func drawn(
      _ title: String, _ curves: [TextCurves.Curve], top: Double?
    ) -> [ScreenLine] {
      let values = curves.flatMap(\.points).map(\.y)
      guard let most = values.max() else { return [] }
      let plot = TextCurves(
        curves, width: room, height: plotHeight, x: 1...last,
        y: 0...max(top ?? most, .leastNormalMagnitude))
      return [ScreenLine(title)] + plot.lines
    }
    func points(_ value: (EpochLine) -> Double?) -> [(x: Double, y: Double)] {
      run.epochs.compactMap { line in value(line).map { (Double(line.epoch), $0) } }
    }
    let kind = kind(run)
    let accuracies =
      names.enumerated().map { place, name in
        TextCurves.Curve(
          name: Shown.plain(name),
          points: points { $0.modalities[name]?.accuracy.map { $0 * 100 } },
          colour: ScreenLine.colour(of: place))
      } + [
        TextCurves.Curve(
          name: "fused",
          points: points { line in kind.flatMap { line.fused[$0]?.accuracy }.map { $0 * 100 } })
      ]
    let told = run.epochs.last?.training.keys.sorted() ?? []
    let losses = (names.filter(told.contains) + told.filter { !names.contains($0) }).map { name in
      TextCurves.Curve(
        name: Shown.plain(name), points: points { $0.training[name]?.loss },
        colour: names.firstIndex(of: name).map(ScreenLine.colour))
    }
    let split =
      run.epochs.last { $0.split != nil }?.split.map { ", \(Shown.plain($0)) split" } ?? ""
    return drawn("accuracy %\(split)", accuracies, top: 100)
      + drawn("training loss, nats", losses, top: nil)
  }

  /// The numbers of the last epoch.
  private func table(_ run: WatchedRun) -> [ScreenLine] {
    guard let line = run.epochs.last else { return [] }
    let evaluated = run.epochs.last { !$0.modalities.isEmpty }
    var table = TextTable(["", "accuracy %", "macro-F1 %", "loss", "training loss", "waited s"])
    func percent(_ value: Double?) -> String { value.map(Numerals.percent) ?? "-" }
    func decimals(_ value: Double?) -> String { value.map { Numerals.decimals($0, 3) } ?? "-" }
    func add(_ name: String, _ score: Score?, _ training: Score?, _ waited: Double?) {
      table.add([
        name, percent(score?.accuracy), percent(score?.macroF1), decimals(score?.loss),
        decimals(training?.loss), decimals(waited),
      ])
    }
    for name in names(run) {
      add(
        Shown.plain(name), evaluated?.modalities[name], line.training[name], line.waited[name])
    }
    if let kind = kind(run) {
      let score = run.epochs.last { $0.fused[kind] != nil }?.fused[kind]
      add("fused, \(Shown.plain(kind))", score, line.training["joint"], nil)
    }
    return table.lines(within: width).map { ScreenLine($0) }
  }
}

extension String {
  /// This text with spaces behind it, up to so many characters.
  fileprivate func padded(to count: Int) -> String {
    self + String(repeating: " ", count: max(0, count - self.count))
  }
}
