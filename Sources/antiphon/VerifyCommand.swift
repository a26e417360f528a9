import ArgumentParser
import Runs
import Verification

/// Options of `verify`.
struct VerifyOptions: LaunchedOptions {
  @Argument(
    help: .init("Case files of the reference implementation.", valueName: "case.npz"),
    completion: .file(extensions: ["npz"]))
  var cases: [String]

  @Flag(help: "Run all ranks inside this process, one after the other, without MPI.")
  var oneProcess = false

  func plan(_ start: LaunchPlan.Start) throws -> LaunchPlan {
    LaunchPlan(ranks: try rankCount(), inOneProcess: oneProcess, start: start, threads: 1)
  }

  /// The number of ranks that the largest case needs.
  func rankCount() throws -> Int {
    try cases.map { path in
      try NamedPath.check(path, of: "CASE")
      return try OracleCase(path: path).modalityCount + 1
    }.max() ?? 1
  }
}

/// `antiphon verify`.
struct VerifyCommand: LaunchedCommand {
  static func usage(_ program: String) -> CommandConfiguration {
    Usage.command(
      "verify", of: program,
      "Compares this build with the float64 reference implementation, number by number.",
      example: "verify Tests/VerificationTests/Golden/*.npz", statuses: Usage.verifyStatuses)
  }

  @OptionGroup var options: VerifyOptions
  @OptionGroup var dryRun: DryRunOption

  func run() throws {
    guard !dryRun.isAsked else { return try dryRun.show(options.plan) }
    // All ranks read the same files; what is wrong with them, the first rank says.
    let ranks = Invocation.isWorker ? 0 : try options.rankCount()
    let cases = options.cases
    try RankProgram.onEveryRank(
      "verify", JobRanks(ranks, inOneProcess: options.oneProcess, threads: 1)
    ) { endpoint, _ in
      try Verifier(cases, way: options.oneProcess ? "one process" : "\(ranks) ranks")
        .run(on: endpoint)
    }
  }
}
