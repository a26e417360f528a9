import ArgumentParser
import Configuration
import Foundation
import Glibc
import Runs
import Scaling
import Storage

/// Options of `cycles`.
struct CyclesOptions: ConfiguredOptions {
  @Argument(
    help: .init(
      "The configuration, a YAML file (docs/configuration.md).", valueName: "config.yaml"),
    completion: .file(extensions: ["yaml", "yml"]))
  var configuration: String

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: .init(
      "Overrides one key of the configuration: path.to.key=value. May be repeated.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: .init("Cycles before the clock starts (5).", valueName: "n"))
  var warmUp = 5

  @Option(help: .init("Cycles that are timed (20).", valueName: "n"))
  var count = 20

  @Flag(help: "Run all ranks inside this process, one after the other, without MPI.")
  var oneProcess = false

  func validate() throws {
    guard warmUp >= 1, warmUp <= 1_000_000 else {
      throw ValidationError("--warm-up: found \(warmUp), expected 1 to 1000000 cycles")
    }
    guard count >= 2, count <= 1_000_000 else {
      throw ValidationError("--count: found \(count), expected 2 to 1000000 cycles")
    }
  }

  func load() throws -> RunConfiguration {
    try NamedPath.check(configuration, of: "CONFIG")
    var loaded = try RunConfiguration.load(path: configuration, overrides: overrides)
    // Nobody chooses here: `ranks: auto` is one.
    for place in loaded.modalities.indices { loaded.modalities[place].choosesRanks = false }
    return loaded
  }
}

/// `antiphon cycles`: trains some cycles and prints what they took as JSON. `scale` starts its layouts so.
struct CyclesCommand: RankCommand {
  static func usage(_ program: String) -> CommandConfiguration {
    Usage.command(
      "cycles", of: program, "Trains some cycles and prints what they took, as JSON.",
      example: "cycles examples/lazy2.yaml --count 100")
  }

  @OptionGroup var options: CyclesOptions
  @OptionGroup var dryRun: DryRunOption

  func work() throws -> RankWork {
    let configuration = try options.load()
    let (warmUp, count) = (options.warmUp, options.count)
    return RankWork(configuration, inOneProcess: options.oneProcess) { job in
      let timed = try job.time(configuration, warmUp: warmUp, count: count)
      let report = try JSONEncoder().encode(LayoutReport(timed, cycleCount: count))
      Descriptors.write(String(decoding: report, as: UTF8.self) + "\n", to: STDOUT_FILENO)
    }
  }
}
