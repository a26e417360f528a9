import ArgumentParser
import Exchange
import Foundation
import MPI
import Runs
import Tensors
import Verification

/// Options of `verify`.
struct VerifyOptions: ParsableArguments {
  @Argument(help: "Case files of the reference implementation.")
  var cases: [String]

  @Flag(help: "Run all ranks inside this process, one after the other, without MPI.")
  var oneProcess = false

  /// The number of ranks that the largest case needs.
  func rankCount() throws -> Int {
    try cases.map { path in
      try NamedPath.check(path, of: "CASE")
      return try OracleCase(path: path).modalityCount + 1
    }.max() ?? 1
  }
}

/// `antiphon verify`.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compares this build with the float64 reference implementation, number by number.")

  @OptionGroup var options: VerifyOptions

  func run() throws {
    // All ranks read the same files; what is wrong with them, the first rank says.
    let ranks = Invocation.isWorker ? 0 : try options.rankCount()
    let cases = options.cases
    try RankProgram.onEveryRank(
      "verify", ranks: ranks, inOneProcess: options.oneProcess, threads: 1
    ) { endpoint, _ in
      try Verifier(cases, way: options.oneProcess ? "one process" : "\(ranks) ranks")
        .run(on: endpoint)
    }
  }
}
