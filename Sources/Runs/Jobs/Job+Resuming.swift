import Configuration
import Coordinator
import Exchange
import Glibc
import MPI
import Storage

/// `train --resume`: a run that ended before its time goes on from its last checkpoint.
extension Job {
  /// Goes on with the run in `directory`, or with those of several seeds.
  ///
  /// - Parameters:
  ///   - configuration: the run's own, with what is to be changed.
  ///   - absent: the names of modalities that it goes on without.
  ///   - allowsInexact: whether changes are taken after which other bits follow.
  public func resume(
    _ configuration: RunConfiguration, in directory: RunDirectory, without absent: [String] = [],
    allowsInexact: Bool
  ) throws {
    try Self.check(absent, of: configuration)
    if let list = try SeedList(of: directory) {
      return try resume(
        configuration, seeds: list.seeds, in: directory, without: absent,
        allowsInexact: allowsInexact)
    }
    guard !isOver(configuration, directory) else {
      if let kept = try KeptRecord.read(of: directory), kept.stoppedEarly {
        console.say(
          "the run in \(directory.path) is over: it was stopped after epoch \(kept.trainedEpochs) of \(configuration.epochs)"
        )
        return
      }
      console.say(
        "the run in \(directory.path) is over: all \(configuration.epochs) epochs are trained; for more of them, add --set epochs=N"
      )
      return
    }
    RunFile.announce(directory)
    _ = try goOn(configuration, in: directory, without: absent, allowsInexact: allowsInexact)
  }

  /// Goes on with a run that is not over; calls `beginning` when nothing can refuse it any more.
  func goOn(
    _ configuration: RunConfiguration, in directory: RunDirectory, without absent: [String],
    allowsInexact: Bool, beginning: @escaping () throws -> Void = {}
  ) throws -> RunResult {
    guard !configuration.fusion.refitsOnAll else {
      return try goOnRefitting(
        configuration, in: directory, without: absent, allowsInexact: allowsInexact,
        beginning: beginning)
    }
    return try goOnTraining(
      configuration, in: directory, without: absent, allowsInexact: allowsInexact,
      beginning: beginning)
  }

  /// Goes on with a training from its newest checkpoint.
  ///
  /// - Parameter fusion: a pool that was fitted in another training, and that this one keeps.
  func goOnTraining(
    _ configuration: RunConfiguration, in directory: RunDirectory, without absent: [String],
    allowsInexact: Bool, keeping fusion: FittedFusion? = nil, until lastEpoch: Int? = nil,
    beginning: @escaping () throws -> Void
  ) throws -> RunResult {
    let choice = try newestCheckpoint(configuration.trained, in: directory, without: absent)
    let manifest = choice.manifest
    try Self.check(configuration.trained, against: manifest, allowsInexact: allowsInexact)
    console.startLogging(
      to: directory.log,
      keeping: RunHistory.keptLog(directory.log, epochs: manifest.progress.epoch))
    defer {
      console.stopLogging()
      directory.lock?.release()
    }
    choice.problems.forEach(console.warn)
    console.say(
      "going on after \(manifest.progress) (of \(configuration.epochs) epochs), from \(choice.folder)"
    )
    let reporter = try RunReporter(
      configuration.trained, directory: directory, console: console, continuing: manifest.progress
    ) { _ in
      // Nothing that could refuse comes now. What speaks of a finished run would be wrong from here on.
      for file in [
        directory.summary, directory.classes, directory.environment, directory.fusion,
        directory.logits, directory.evaluation, directory.report,
      ] {
        unlink(file)
      }
      try AtomicFile.write(Array(configuration.yaml.utf8), to: directory.configuration)
      try beginning()
    }
    console.say(headline(configuration))
    let origin = RunOrigin(
      resuming: manifest, in: choice.folder, standing: choice.standing,
      damaged: choice.damaged, absent: absent, allowsInexact: allowsInexact)
    return try train(
      configuration, in: directory, from: origin, keeping: fusion, until: lastEpoch, reporter,
      observer: reporter)
  }

  /// Whether a run has nothing left to do.
  func isOver(_ configuration: RunConfiguration, _ directory: RunDirectory) -> Bool {
    directory.stage(of: configuration) == .over
  }

  /// The newest checkpoint that is whole, with what is wrong with those after it.
  private func newestCheckpoint(
    _ configuration: RunConfiguration, in directory: RunDirectory, without absent: [String]
  ) throws -> (
    folder: String, manifest: CheckpointManifest, standing: [String], damaged: [String],
    problems: [String]
  ) {
    let folders = CheckpointFolder.all(in: directory.path)
    let inspector = CheckpointInspector(
      configuration, endpoint: endpoint, runDirectory: directory.path)
    // What model.json names stays, whatever it is.
    let named = (try? ModelDescription(of: directory)).map { [$0.weights] } ?? []
    var damaged: [String] = []
    var problems: [String] = []
    for folder in folders {
      var found: [String]
      do {
        let manifest = try CheckpointManifest(of: "\(directory.path)/\(folder)")
        found = try inspector.problems(
          of: manifest, in: folder, absent: absent, keeping: folders + named)
        if found.isEmpty, !manifest.kept.isEmpty, manifest.kept != folder {
          // What the run would end with is as much a part of it.
          let kept = try CheckpointManifest(of: "\(directory.path)/\(manifest.kept)")
          found = try inspector.problems(
            of: kept, in: manifest.kept, absent: absent, keeping: folders + named
          ).map { "the best model before it, \(manifest.kept): \($0)" }
        }
        if found.isEmpty {
          let standing = folders.filter { !damaged.contains($0) }
          return (folder, manifest, standing.reversed(), damaged, problems)
        }
      } catch let error as FileError {
        found = [error.description]
      }
      damaged.append(folder)
      problems.append(
        "the checkpoint \(folder) cannot be used: \(found.joined(separator: "; "))"
          + "; the one before it is taken")
    }
    throw RunError.noCheckpoint(directory.path, problems: problems)
  }

  private static func check(_ absent: [String], of configuration: RunConfiguration) throws {
    let names = configuration.modalities.map(\.name)
    if let unknown = absent.first(where: { !names.contains($0) }) {
      throw RunError.noModality(unknown, expected: names)
    }
    guard Set(absent).count < names.count else { throw RunError.nobodyLeft }
  }

  static func check(
    _ configuration: RunConfiguration, against manifest: CheckpointManifest, allowsInexact: Bool
  ) throws {
    let changes = try ConfigurationChanges(from: manifest.configuration, to: configuration)
    guard changes.another.isEmpty else {
      throw RunError.otherRun(
        differences: changes.another + changes.inexact, couldBeAllowed: false)
    }
    guard changes.inexact.isEmpty || allowsInexact else {
      throw RunError.otherRun(differences: changes.inexact, couldBeAllowed: true)
    }
    guard configuration.epochs >= manifest.progress.epoch else {
      throw RunError.otherRun(
        differences: [
          "epochs is \(configuration.epochs), but \(manifest.progress.epoch) are trained already"
        ], couldBeAllowed: false)
    }
  }
}
