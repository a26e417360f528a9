import Configuration
import Coordinator
import Glibc
import MLA
import Storage

/// `fusion.refit_on_all`: a fusion is fitted to samples that are held out, then all samples are trained on from the
/// beginning, and the fusion keeps its numbers.
extension Job {
  /// Both trainings of a run, the first in a folder below the run's.
  func refit(
    _ configuration: RunConfiguration, in directory: RunDirectory,
    observing: (RunReporter) -> any RunObserver, beginning: @escaping () throws -> Void
  ) throws -> RunResult {
    do {
      let first = try directory.keptIfUsed {
        try AtomicFile.write(Array(configuration.yaml.utf8), to: directory.configuration)
        return try fit(configuration, in: directory, observing: observing, beginning: beginning)
      }
      return try trainOnAll(configuration, in: directory, after: first, observing: observing)
    } catch {
      directory.lock?.release()
      throw error
    }
  }

  /// Goes on with the first training, then with the second, wherever the run was cut off.
  func goOnRefitting(
    _ configuration: RunConfiguration, in directory: RunDirectory, without absent: [String],
    allowsInexact: Bool, beginning: @escaping () throws -> Void
  ) throws -> RunResult {
    guard absent.isEmpty else { throw RunError.wholeRefit }
    let checkpoints = CheckpointFolder.all(in: directory.path)
    // Before the first training is gone on with: what would be refused later is refused now.
    let manifests = checkpoints.lazy.compactMap {
      try? CheckpointManifest(of: "\(directory.path)/\($0)")
    }
    if let manifest = manifests.first {
      try Self.check(configuration.trained, against: manifest, allowsInexact: allowsInexact)
    }
    let (fitting, first) = (configuration.fitting, directory.heldOut)
    let outcome: FirstTraining
    switch try RunDirectory(existing: first).stage(of: fitting) {
    case .over: outcome = try self.outcome(of: fitting, in: first)
    case .cut:
      let run = try RunDirectory(resuming: first, partOf: directory.whole)
      _ = try goOnTraining(
        fitting, in: run, without: [], allowsInexact: allowsInexact, beginning: {})
      outcome = try self.outcome(of: fitting, in: first)
    case .ahead:
      if access(first, F_OK) == 0 { try RunDirectory(resuming: first).removeRemains() }
      outcome = try fit(configuration, in: directory, observing: { $0 }, beginning: {})
    }
    guard checkpoints.isEmpty else {
      return try goOnTraining(
        configuration, in: directory, without: [], allowsInexact: allowsInexact,
        keeping: outcome.fusion, until: outcome.lastEpoch, beginning: beginning)
    }
    try beginning()
    return try trainOnAll(configuration, in: directory, after: outcome) { $0 }
  }

  /// The first training: of all samples but those that are held out.
  private func fit(
    _ configuration: RunConfiguration, in directory: RunDirectory,
    observing: (RunReporter) -> any RunObserver, beginning: @escaping () throws -> Void
  ) throws -> FirstTraining {
    console.say(
      "fusion.refit_on_all: first without the validation samples, which the fusion is fitted to")
    let run = try RunDirectory(creating: directory.heldOut, partOf: directory.whole)
    _ = try begin(configuration.fitting, in: run, observing: observing) { facts in
      guard facts.validationCount >= PoolFit.leastSamples else {
        throw RunError.nothingToFit(held: facts.validationCount, needed: PoolFit.leastSamples)
      }
      try beginning()
    }
    return try outcome(of: configuration.fitting, in: run.path)
  }

  /// The second training, from fresh weights.
  private func trainOnAll(
    _ configuration: RunConfiguration, in directory: RunDirectory, after first: FirstTraining,
    observing: (RunReporter) -> any RunObserver
  ) throws -> RunResult {
    console.say()
    console.say(
      "fusion.refit_on_all: now all samples, from fresh weights; the fusion keeps its numbers"
        + (first.lastEpoch.map { ", and training ends after epoch \($0), as it was kept" } ?? ""))
    return try begin(
      configuration, in: directory.withResults, keeping: first.fusion, until: first.lastEpoch,
      observing: observing
    ) { _ in }
  }

  /// What the first training has left.
  private func outcome(
    of fitting: RunConfiguration, in folder: String
  ) throws -> FirstTraining {
    let run = try RunDirectory(existing: folder)
    let model = try ModelDescription(of: run)
    guard let fusion = try FusionRecord.read(from: run, of: fitting, model: model.weights) else {
      throw RunError.unreadable(
        file: run.fusion, problem: "is missing, or not of the model beside it; remove \(folder)")
    }
    let lastEpoch = fitting.selection.isActive ? try KeptRecord.read(of: run)?.epoch : nil
    return FirstTraining(fusion: fusion, lastEpoch: lastEpoch)
  }
}

/// What the first of two trainings leaves to the second.
private struct FirstTraining {
  let fusion: FittedFusion
  /// The number of epochs whose model it has kept; nil: all.
  let lastEpoch: Int?
}
