import Exchange
import Storage
import Tensors

/// Saves the model at an epoch's end, where it is time, with the workers, who save their parts.
struct ModelSaver {
  private let session: CoordinatorSession
  private let team: Team
  private var lastSave = ContinuousClock.now
  private var superseded: [String] = []

  init(_ session: CoordinatorSession, team: Team) {
    self.session = session
    self.team = team
  }

  /// The folder, below the run's, that weights are saved to after an epoch; empty: they are not.
  mutating func folder(afterEpoch epoch: Int, isLast: Bool) -> String {
    let isTime =
      (ContinuousClock.now - lastSave).seconds
      >= session.configuration.execution.saveEverySeconds
    guard !session.runDirectory.isEmpty, isLast || isTime else { return "" }
    // Said once for all ranks, before any of them looks for it.
    if let loss = session.heldFolder?.loss {
      lastSave = ContinuousClock.now
      session.observer.saveFailed(epoch: epoch, problems: ["\(loss)"])
      return ""
    }
    return ModelFiles.folder(epochs: epoch + 1)
  }

  /// Saves the coordinator's part; the model is whole once the observer has written what names it.
  mutating func save(
    _ directive: Directive, reports: [WorkerReport], _ weights: [NamedState], epoch: Int
  ) throws {
    guard !directive.saveTo.isEmpty else { return }
    lastSave = ContinuousClock.now
    var problems = zip(session.layout.leaders, reports).compactMap { leader, report in
      report.saveProblem.isEmpty
        ? nil : "\(session.endpoint.name(of: leader)): \(report.saveProblem)"
    }
    let folder = "\(session.runDirectory)/\(directive.saveTo)"
    do {
      // Methods whose heads belong to the workers have no file here.
      if !weights.isEmpty {
        try ModelFiles.createFolder(
          directive.saveTo, belowRun: session.runDirectory, held: session.heldFolder)
        try HeadFile.save(weights, to: folder, epochs: epoch + 1)
      }
    } catch let error where !(error is ExchangeError) {
      problems.append(String(describing: error))
    }
    if problems.isEmpty {
      do {
        try session.observer.saved(
          SavedWeights(
            epochs: epoch + 1, folder: directive.saveTo,
            sampleShapes: team.inventories.map(\.sampleShape)))
      } catch let error where !(error is ExchangeError) {
        problems.append(String(describing: error))
      }
    } else {
      // A part of a model is of no use, and room may be what is lacking.
      ModelFiles.removeFolder(folder)
    }
    guard problems.isEmpty else {
      session.observer.saveFailed(epoch: epoch, problems: problems)
      return
    }
    for folder in superseded { ModelFiles.removeFolder("\(session.runDirectory)/\(folder)") }
    superseded = [directive.saveTo]
  }
}
