import Configuration
import Coordinator
import Exchange
import Glibc
import Storage

/// Turns what a run tells into lines on the console and files in the run's folder.
final class RunReporter: RunObserver {
  private let configuration: RunConfiguration
  private let directory: RunDirectory?
  private let console: Console
  private let check: (RunFacts) throws -> Void
  private var progress: ProgressLine
  private var metrics: LineFile?
  private var turns: TurnFile?
  /// For TensorBoard; nil: nobody asks.
  private let events: EventFile?
  /// How much of a run is done that goes on.
  private let position: RunPosition?
  private var failures = RepeatedWarnings()
  private var hasWarnedOfStillHead = false
  private var lastEpochLine: ContinuousClock.Instant?
  /// Whether training has begun.
  private(set) var hasBegun = false
  /// When it was last shown that a worker reads its data, in seconds since it began to.
  private var dataWaitShown = 2.0
  /// Why the final weights are not on disk; empty: they are, or are still to come.
  private(set) var unsaved: [String] = []
  /// The number of epochs whose metrics are on disk.
  private var keptEpochs = 0
  /// The last complete set of weights.
  private(set) var savedWeights: SavedWeights?

  /// - Parameters:
  ///   - directory: where files go; nil: nowhere.
  ///   - position: where a run goes on whose metrics are there up to then; nil: it begins.
  ///   - check: throws where the run must not begin, from what is known of it then.
  init(
    _ configuration: RunConfiguration, directory: RunDirectory?, console: Console,
    continuing position: RunPosition? = nil,
    check: @escaping (RunFacts) throws -> Void = { _ in }
  ) throws {
    self.check = check
    self.configuration = configuration
    self.directory = directory
    self.console = console
    progress = ProgressLine(
      names: configuration.method.lossNames(of: configuration.modalities.map(\.name)),
      epochs: configuration.epochs)
    self.position = position
    events = directory.flatMap {
      configuration.execution.writesTensorBoard
        ? EventFile(of: $0, after: position?.epoch) : nil
    }
    keptEpochs = position?.epoch ?? 0
    if position == nil { metrics = try directory.map { try LineFile(creating: $0.metrics) } }
    if position == nil, let directory {
      turns = try TurnFile(configuration, in: directory, continuing: nil)
    }
  }

  func waitsForData(of modality: String, seconds: Double) {
    // A few seconds need no word; in a terminal, then, each second has one, else every half minute.
    guard seconds >= dataWaitShown + (console.isTerminal ? 1 : 30) else { return }
    dataWaitShown = seconds
    let line = "modality \(modality) is reading its data · \(Numerals.duration(seconds))"
    if console.isTerminal { console.update(line) } else { console.say(line) }
  }

  func began(_ facts: RunFacts) throws {
    try check(facts)
    if let position, let directory {
      // Not before: a run that is refused keeps what it has.
      let kept = RunHistory.keptMetrics(directory.metrics, epochs: position.epoch)
      metrics = try LineFile(continuing: directory.metrics, after: kept)
      turns = try TurnFile(configuration, in: directory, continuing: position)
    }
    hasBegun = true
    console.say(Self.table(facts))
    console.say()
    console.say(PresenceLines.of(facts.rosters, names: configuration.modalities.map(\.name)))
    console.say()
    facts.notes.forEach { console.say($0) }
    facts.warnings.forEach(console.warn)
    if let directory, !facts.leftOut.isEmpty { list(facts.leftOut, in: directory.leftOut) }
    if !facts.warnings.isEmpty || !facts.notes.isEmpty { console.say() }
    console.endOpening()
  }

  /// Who has how many samples; where test samples alone were opened, of these.
  private static func table(_ facts: RunFacts) -> TextTable {
    let isOfTestAlone = facts.trainCount == 0
    let trained = isOfTestAlone ? [] : ["train", "validation"]
    var table = TextTable(
      ["modality", "rank", "host", "sample"] + trained + ["test", "parameters"])
    for modality in facts.modalities {
      let counts = isOfTestAlone ? [] : [modality.trainCount, modality.validationCount]
      table.add(
        [
          modality.name, Numerals.ranks(modality.ranks), modality.hosts.joined(separator: ", "),
          modality.sampleShape.map(String.init).joined(separator: " x "),
        ]
          + (counts + [modality.testCount, modality.parameterCount]).map(Numerals.grouped))
    }
    return table
  }

  /// Lists the files that were left out; the run has no need of the list.
  private func list(_ files: [(modality: String, file: LeftOutFile)], in path: String) {
    let lines = files.map { modality, file in
      [modality, file.id, file.path, file.problem].map(CSV.field).joined(separator: ",")
    }
    do {
      let text = (["modality,id,file,problem"] + lines).joined(separator: "\n") + "\n"
      try AtomicFile.write(Array(text.utf8), to: path)
      console.say("Left out are the files in \(path.legible()).")
    } catch {
      console.warn("\(error)")
    }
  }

  func progressed(_ turn: RunProgress) throws {
    progress.add(turn)
    if console.isTerminal {
      if let line = progress.line(turn, every: .milliseconds(100)) { console.update(line) }
    } else if let line = progress.line(turn, every: .seconds(15)) {
      console.say(line)
    }
  }

  func measured(_ turn: TurnInterference) throws {
    do {
      try turns?.append(turn)
    } catch {
      let isFirst = failures.isFirst(of: "\(error)") { "\(error), for \($0) turns in all" }
      if isFirst { console.warn("\(error); training goes on") }
    }
  }

  func epochEnded(_ record: EpochRecord) throws {
    let names = configuration.modalities.map(\.name)
    let line = RunRecords.epoch(record, names: names)
    let text = try line.text(pretty: false)
    attempt {
      try metrics?.append(text)
      keptEpochs = record.epoch + 1
    }
    attempt { try events?.append(line) }
    warnIfHeadIsStill(record)
    let isLast = record.epoch + 1 == configuration.epochs
    let now = ContinuousClock.now
    // Short epochs would only scroll by; every one of them is in the metrics.
    guard isLast || lastEpochLine.map({ now - $0 >= .seconds(2) }) ?? true else { return }
    lastEpochLine = now
    console.say(epochLine(record))
  }

  /// Writes something of an epoch. What is in the way is said once, and at the end how often it was.
  private func attempt(_ write: () throws -> Void) {
    do {
      try write()
    } catch {
      let isFirst = failures.isFirst(of: "\(error)") { "\(error), for \($0) epochs in all" }
      if isFirst { console.warn("\(error); training goes on") }
    }
  }

  func saved(_ weights: SavedWeights) { savedWeights = weights }

  func saveFailed(_ position: RunPosition, isLast: Bool, problems: [String]) {
    if isLast { unsaved = problems }
    let outlook =
      isLast || directory?.loss == nil
      ? "" : "; training goes on until epoch \(configuration.epochs)"
    let subject =
      position.cycle == 0
      ? "the weights of epoch \(position.epoch) were not saved"
      : "the weights after \(position) were not saved"
    let reasons = problems.map { "\n  " + $0 }.joined()
    // Every checkpoint has a folder of its own in otherwise equal reasons.
    let kind = reasons.replacing(CheckpointFolder.name(at: position), with: "")
    let isFirst = failures.isFirst(of: kind) {
      "\(subject), as those of \($0) checkpoints in all:" + reasons
    }
    if isFirst { console.warn("\(subject):" + reasons + outlook) }
  }

  /// Training is over: says how often came what was said once.
  func trainingEnded() {
    try? metrics?.flush()
    try? turns?.flush()
    failures.takeRepeated().forEach(console.warn)
  }

  /// What is left of a run that ended before its time.
  var kept: String {
    guard let directory, hasBegun else { return "nothing was kept: training had not begun" }
    guard let path = directory.loss.map(\.newPath) ?? directory.path else {
      return "nothing is kept"
    }
    let weights =
      savedWeights.map { "the weights after \($0.position) (\(path)/\($0.folder))" }
      ?? "no weights yet"
    return
      "kept in \(path): the metrics of \(keptEpochs) of \(configuration.epochs) epochs and \(weights)"
  }

  private func epochLine(_ record: EpochRecord) -> String {
    var parts = ["epoch \(record.epoch + 1)/\(configuration.epochs)"]
    let losses = record.training.compactMap { name, totals in
      totals.loss.map { "\(name) \(Numerals.decimals($0, 3))" }
    }
    parts.append("loss " + losses.joined(separator: " "))
    if let evaluation = record.evaluation { parts.append(evaluation.inBrief) }
    parts.append(Numerals.duration(record.seconds))
    return parts.joined(separator: " · ")
  }

  private func warnIfHeadIsStill(_ record: EpochRecord) {
    guard let ratio = record.head?.gradientRatio, ratio < 0.01, !hasWarnedOfStillHead else {
      return
    }
    hasWarnedOfStillHead = true
    console.warn(
      "the head has stopped learning (median |G'|/|G| is \(ratio) in epoch \(record.epoch + 1)); raise hgm.forget"
    )
  }
}
