import Configuration
import Coordinator
import Glibc
import Storage

/// `train --seeds`: one run for each of several seeds, and what they have in common.
extension Job {
  /// Trains once for each seed, in folders of their own, and adds means and deviations above them.
  public func train(
    _ configuration: RunConfiguration, seeds: [UInt64], in directory: RunDirectory
  ) throws {
    try train(configuration, seeds: seeds, in: directory) { $0 }
  }

  /// The same, with an observer in the reporter's place of every run.
  func train(
    _ configuration: RunConfiguration, seeds: [UInt64], in directory: RunDirectory,
    observing: (RunReporter) -> any RunObserver
  ) throws {
    RunFile.announce(directory)
    defer { directory.lock?.release() }
    try directory.keptIfUsed {
      // What the job is to do: that it can be gone on with.
      try SeedList(seeds).write(to: directory)
      try AtomicFile.write(Array(configuration.yaml.utf8), to: directory.configuration)
      try run(
        configuration, seeds.map { ($0, .ahead) }, in: directory, observing: observing)
    }
  }

  /// Goes on with the runs of several seeds: those that are over are not run again, the one that was
  /// cut off goes on from its last checkpoint, without the modalities `absent`, and the others begin.
  func resume(
    _ configuration: RunConfiguration, seeds: [UInt64], in directory: RunDirectory,
    without absent: [String], allowsInexact: Bool
  ) throws {
    RunFile.announce(directory)
    defer { directory.lock?.release() }
    guard try configuration.seed == RunConfiguration.load(path: directory.configuration).seed else {
      throw RunError.otherRun(
        differences: ["seed is \(configuration.seed), but each run has its own"],
        couldBeAllowed: false)
    }
    // Before anything is changed: what is wrong with the last one is wrong with all.
    let stages = try seeds.map { seed in
      (
        seed,
        try stage(
          of: Self.seeded(configuration, seed), in: Self.folder(of: seed, in: directory),
          allowsInexact: allowsInexact)
      )
    }
    guard stages.contains(where: { $0.1 != .over }) || access(directory.summary, F_OK) != 0 else {
      console.say(
        "the runs in \(directory.path) are over: all \(configuration.epochs) epochs of \(Numerals.counted(seeds.count, "seed", "seeds")) are trained; for more of them, add --set epochs=N"
      )
      return
    }
    try run(
      configuration, stages, in: directory, without: absent, allowsInexact: allowsInexact,
      beginning: {
        // Not before: runs that are refused keep what they have.
        unlink(directory.summary)
        unlink(directory.report)
        try AtomicFile.write(Array(configuration.yaml.utf8), to: directory.configuration)
      })
  }

  private static func seeded(_ configuration: RunConfiguration, _ seed: UInt64) -> RunConfiguration
  {
    var configuration = configuration
    configuration.seed = seed
    return configuration
  }

  private static func folder(of seed: UInt64, in directory: RunDirectory) -> String {
    directory.below("seed-\(seed)")
  }

  /// Throws where the run of a seed could not go on as the others do.
  private func stage(
    of configuration: RunConfiguration, in folder: String, allowsInexact: Bool
  ) throws -> RunDirectory.Stage {
    let directory = try RunDirectory(existing: folder)
    let checkpoints = CheckpointFolder.all(in: folder)
    // One that is damaged is told of when its run goes on.
    let manifests = checkpoints.lazy.compactMap { try? CheckpointManifest(of: "\(folder)/\($0)") }
    if let manifest = manifests.first {
      try Self.check(configuration.trained, against: manifest, allowsInexact: allowsInexact)
    }
    return directory.stage(of: configuration)
  }

  /// Brings every run to its end, one after the other, then adds the means.
  private func run(
    _ configuration: RunConfiguration, _ stages: [(UInt64, RunDirectory.Stage)],
    in directory: RunDirectory, without absent: [String] = [], allowsInexact: Bool = false,
    observing: (RunReporter) -> any RunObserver = { $0 },
    beginning: @escaping () throws -> Void = {}
  ) throws {
    var detail = Console.Detail.opening
    let scores = try stages.map { seed, stage in
      if let loss = directory.loss { throw RunError.lost(loss) }
      let seeded = Self.seeded(configuration, seed)
      let folder = Self.folder(of: seed, in: directory)
      // Seeds differ in their results alone. What else a run says is in its log.
      (console.detail, console.label) = (detail, "seed \(seed)")
      defer { (console.detail, console.label) = (.all, "") }
      let scores: RunScores
      switch stage {
      case .over: scores = try RunScores(of: RunDirectory(existing: folder), seeded)
      case .cut:
        let run = try RunDirectory(resuming: folder, partOf: directory.path)
        scores = RunScores(
          try goOn(
            seeded, in: run, without: absent, allowsInexact: allowsInexact, beginning: beginning))
      case .ahead:
        if access(folder, F_OK) == 0 { try RunDirectory(resuming: folder).removeRemains() }
        let run = try RunDirectory(creating: folder, partOf: directory.path)
        scores = RunScores(
          try train(seeded, in: run, observing: observing, beginning: beginning))
      }
      if stage != .over { detail = .warnings }
      console.detail = .all
      console.say(Self.line(seed, scores, folder))
      return scores
    }
    console.say()
    console.startLogging(to: directory.log)
    defer { console.stopLogging() }
    let seeds = stages.map(\.0)
    let spread = SeedSpread(scores, seeds: seeds, of: configuration)
    try spread.json.write(to: directory.summary)
    console.say(spread.table)
    let runs = seeds.count == 1 ? "1 run and its" : "\(seeds.count) runs and their"
    console.say("\(runs) means are in \(directory.path)")
    writeReport(of: directory)
  }

  /// A seed's run in one line.
  static func line(_ seed: UInt64, _ scores: RunScores, _ folder: String) -> String {
    let results = scores.inBrief ?? "trained, but there was no split to evaluate on"
    return ["seed \(seed)", results, Numerals.duration(scores.seconds), folder]
      .joined(separator: " · ")
  }
}
