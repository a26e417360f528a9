import Configuration
import Coordinator
import Exchange
import Glibc
import MPI
import Storage
import Tensors

/// `train`: one run.
extension Job {
  /// Trains once and leaves everything in `directory`.
  @discardableResult
  public func train(
    _ configuration: RunConfiguration, in directory: RunDirectory
  ) throws -> RunResult {
    try train(configuration, in: directory) { $0 }
  }

  /// The same, with an observer in the reporter's place, who passes on what it hears; calls `beginning`
  /// when nothing can refuse the run any more.
  func train(
    _ configuration: RunConfiguration, in directory: RunDirectory,
    observing: (RunReporter) -> any RunObserver, beginning: @escaping () throws -> Void = {}
  ) throws -> RunResult {
    RunFile.announce(directory)
    guard !configuration.fusion.refitsOnAll else {
      return try refit(configuration, in: directory, observing: observing, beginning: beginning)
    }
    return try begin(configuration, in: directory, observing: observing) { _ in try beginning() }
  }

  /// Begins a training in a folder that has none.
  ///
  /// - Parameters:
  ///   - fusion: a pool that was fitted in another training, and that this one keeps.
  ///   - lastEpoch: the number of epochs after which it ends; nil: the configuration's.
  func begin(
    _ configuration: RunConfiguration, in directory: RunDirectory,
    keeping fusion: FittedFusion? = nil, until lastEpoch: Int? = nil,
    observing: (RunReporter) -> any RunObserver, beginning: @escaping (RunFacts) throws -> Void
  ) throws -> RunResult {
    console.startLogging(to: directory.log)
    defer {
      console.stopLogging()
      directory.lock?.release()
    }
    let reporter: RunReporter
    do {
      try AtomicFile.write(Array(configuration.yaml.utf8), to: directory.configuration)
      reporter = try RunReporter(
        configuration.trained, directory: directory, console: console, check: beginning)
    } catch {
      directory.discard()
      throw error
    }
    console.say(headline(configuration))
    return try train(
      configuration, in: directory, from: nil, keeping: fusion, until: lastEpoch, reporter,
      observer: observing(reporter))
  }

  /// Trains from fresh weights or from a checkpoint, and writes what is left of it.
  func train(
    _ configuration: RunConfiguration, in directory: RunDirectory, from origin: RunOrigin?,
    keeping fusion: FittedFusion?, until lastEpoch: Int? = nil, _ reporter: RunReporter,
    observer: any RunObserver
  ) throws -> RunResult {
    do {
      let model = directory.model
      let session = try CoordinatorSession(
        configuration.trained, endpoint: endpoint, host: host, runDirectory: directory.path,
        heldFolder: directory.held, observer: observer, fusion: fusion, lastEpoch: lastEpoch,
        nameModel: { try ModelDescription.json(of: $0, configuration).write(to: model) })
      let result = try session.train(from: origin)
      reporter.trainingEnded()
      // Results are said before they are written: on a full disk they are not lost for people.
      report(result, of: configuration, directory)
      let unwritten = try unwrittenRecords(result, of: configuration, in: directory)
      try checkSaved(reporter, directory, unwritten: unwritten)
      if let unwritten { throw unwritten }
      writeReport(of: directory)
      return result
    } catch let ended as RunEnded {
      reporter.trainingEnded()
      try checkSaved(reporter, directory, unwritten: nil)
      console.detail = .all
      console.say(
        "ended on request after \(ended.position); go on with ./launch train --resume \(directory.whole)"
      )
      throw RunError.ended
    } catch {
      account(for: error, of: configuration, reporter, directory)
      throw error
    }
  }

  /// Throws where the run's last weights are not where they should be.
  private func checkSaved(
    _ reporter: RunReporter, _ directory: RunDirectory, unwritten: (any Error)?
  ) throws {
    guard reporter.unsaved.isEmpty else {
      throw RunError.notSaved(
        problems: reporter.unsaved, kept: reporter.kept, unwritten: unwritten.map { "\($0)" })
    }
    if let loss = directory.loss { throw RunError.lost(loss) }
  }

  /// Says what is left of a run that ended before its time, and why in its log.
  private func account(
    for error: any Error, of configuration: RunConfiguration, _ reporter: RunReporter,
    _ directory: RunDirectory
  ) {
    reporter.trainingEnded()
    console.detail = .all
    noteLoss(error, configuration)
    if case ExchangeError.interrupted = error {
      console.say("interrupted\(awaited(configuration)); \(reporter.kept)")
      RunFile.markSaid()
    } else {
      console.note("error: \(error)")
    }
    if !reporter.hasBegun { directory.discard() }
  }

  /// Tells ./launch whose rank this one waited for in vain.
  private func noteLoss(_ error: any Error, _ configuration: RunConfiguration) {
    guard configuration.execution.onModalityLoss == .continue, let rank = endpoint.awaitedRank,
      let modality = RankLayout(ranksPerModality: configuration.modalities.map(\.ranks))
        .modality(of: rank)
    else { return }
    switch error {
    case ExchangeError.deadlineExceeded: break
    case ExchangeError.interrupted where Interruption.signal == SIGTERM: break
    default: return
    }
    RunFile.lost(configuration.modalities[modality].name)
  }

  /// When a rank dies, its launcher ends all others with SIGTERM, and this one most likely waits for
  /// the dead.
  private func awaited(_ configuration: RunConfiguration) -> String {
    guard MPIWorld.isLaunched, Interruption.signal == SIGTERM, let rank = endpoint.awaitedRank
    else { return "" }
    // Of a modality that ranks share, its leader knows which of them is gone.
    let layout = RankLayout(ranksPerModality: configuration.modalities.map(\.ranks))
    let isShared = layout.groups.contains { $0.lowerBound == rank && $0.count > 1 }
    let lost = isShared ? endpoint.loss(toldBy: rank, within: .milliseconds(500)) : nil
    return " while waiting for \(endpoint.name(of: lost ?? rank))"
  }

  func headline(_ configuration: RunConfiguration) -> String {
    [
      configuration.method.kind,
      Numerals.counted(configuration.modalities.count, "modality", "modalities"),
      "\(configuration.classes.count) classes",
      Numerals.counted(configuration.epochs, "epoch", "epochs"),
      "batch \(configuration.batchSize)", "seed \(configuration.seed)",
      productsInWords(configuration),
    ].joined(separator: " · ")
  }

  private func productsInWords(_ configuration: RunConfiguration) -> String {
    switch configuration.execution.products {
    case .openblas: "OpenBLAS for \(BLAS.coreName)"
    case .portable: "portable products"
    }
  }

  /// Writes what a finished run leaves beside its model; returns why something of it is missing.
  private func unwrittenRecords(
    _ result: RunResult, of configuration: RunConfiguration, in directory: RunDirectory
  ) throws -> (any Error)? {
    // Of a folder that is gone, what was not saved has spoken, or will.
    guard directory.loss == nil else { return nil }
    do {
      // Before the summary, which says that the run is over.
      try result.logits?.write(to: directory.logits, of: configuration)
      try RunEnvironment.describe(result.ranks).write(to: directory.environment)
      // Weights that were not saved leave a model that the fusion does not belong to.
      if let fusion = result.fusion, let model = try? ModelDescription(of: directory),
        model.position == RunPosition(epoch: result.kept?.epoch ?? configuration.epochs)
      {
        try FusionRecord.json(fusion, of: configuration, model: model.weights)
          .write(to: directory.fusion)
      }
      if let evaluation = result.evaluation {
        let text = try EvaluationRecords.json(evaluation, of: configuration).text(pretty: false)
        try AtomicFile.write(Array((text + "\n").utf8), to: directory.evaluation)
      }
      try RunRecords.summary(result, of: configuration).write(to: directory.summary)
      guard let evaluation = result.evaluation else { return nil }
      let classes = try RunRecords.classTable(evaluation, classes: configuration.classes)
      try AtomicFile.write(Array(classes.utf8), to: directory.classes)
      return nil
    } catch let error where !(error is ExchangeError) {
      return error
    }
  }

  private func place(of directory: RunDirectory) -> String {
    directory.loss.map { "\($0)" } ?? "the run is in \(directory.path)"
  }

  /// Which weights the results are of.
  private func weightsInWords(_ result: RunResult) -> String {
    guard let kept = result.kept, kept.options.isActive else { return "final weights" }
    let stopped = kept.stoppedEarly ? ", no better since: stopped" : ""
    let trained = "epoch \(kept.epoch) of \(kept.trainedEpochs)\(stopped)"
    guard let value = kept.value else { return "weights of \(trained)" }
    return
      "weights of \(trained), the best by validation \(kept.options.measure.rawValue) (\(Numerals.decimals(value, 4)))"
  }

  private func report(
    _ result: RunResult, of configuration: RunConfiguration, _ directory: RunDirectory
  ) {
    guard let evaluation = result.evaluation else {
      console.say("trained, but there was no split to evaluate on; \(place(of: directory))")
      return
    }
    console.say()
    console.say(
      "\(evaluation.split.rawValue) split, \(weightsInWords(result)) (* fusion named in the configuration)"
    )
    console.say(ResultTable.ofRun(evaluation, of: configuration))
    if let validation = result.validation {
      console.say()
      console.say("accuracy % of the same weights on held-out samples · \(validation.inBrief)")
    }
    console.say(result.fusion, beside: evaluation)
    console.say()
    console.say(
      "\(Numerals.duration(result.seconds)) · \(Numerals.decimals(result.cyclesPerSecond, 1)) cycles/s · \(place(of: directory))"
    )
  }
}
