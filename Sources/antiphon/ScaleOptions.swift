import ArgumentParser
import Configuration
import MPI
import Planning
import Runs
import Scaling

/// Options of `scale`.
struct ScaleOptions: ParsableArguments {
  @Argument(
    help: .init(
      "The configuration, a YAML file (docs/configuration.md).", valueName: "config.yaml"),
    completion: .file(extensions: ["yaml", "yml"]))
  var configuration: String

  @Option(
    help: .init(
      "Numbers of modalities, a rank each: those of the configuration, over and over.",
      valueName: "n,n,n"))
  var modalities: String?

  @Option(help: .init("Numbers of ranks of one modality.", valueName: "n,n,n"))
  var replicas: String?

  @Option(
    help: .init(
      "The modality that gets them; the one that takes longest if not given.", valueName: "name"))
  var modality: String?

  @Option(
    help: .init(
      "The parts that its mini-batches are cut into; the most ranks if not given.", valueName: "n"))
  var shards: Int?

  @Option(help: .init("Rounds, each of which runs every layout once (5).", valueName: "n"))
  var repeats = 5

  @Option(help: .init("Cycles of a layout that are timed in a round (20).", valueName: "n"))
  var cycles = 20

  @Option(help: .init("Cycles before that (5).", valueName: "n"))
  var warmUp = 5

  @Option(
    help: .init(
      "In place of encoders, stand-ins that take so many milliseconds for a mini-batch, and no core.",
      valueName: "ms"))
  var standIns: Double?

  @Option(
    help: .init(
      "Drops a round in which others took more than so much of a core (0.1).", valueName: "cores"))
  var foreign = 0.1

  @Option(
    help: .init("A file that lists hosts, as mpirun takes it.", valueName: "file"),
    completion: .file())
  var hostfile: String?

  @Option(
    help: .init(
      "What ./launch profile wrote: adds what the cost model predicts.", valueName: "file"),
    completion: .file())
  var profile: String?

  @Option(
    help: .init("For the model: what ./launch doctor --network wrote.", valueName: "file"),
    completion: .file())
  var network: String?

  @Option(
    name: .customLong("mpi"), parsing: .unconditionalSingleValue,
    help: .init("Options handed to mpirun as they are. May be repeated.", valueName: "options"))
  var mpiOptions: [String] = []

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: .init(
      "Overrides one key of the configuration: path.to.key=value. May be repeated.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    help: .init(
      "The folder for the results; a new name below runs/ if not given.", valueName: "dir"),
    completion: .directory)
  var output: String?

  func validate() throws {
    for (option, value) in [
      ("--repeats", repeats), ("--warm-up", warmUp), ("--cycles", cycles - 1),
      ("--shards", shards ?? 1),
    ] {
      let least = option == "--cycles" ? 2 : 1
      let found = option == "--cycles" ? cycles : value
      guard (1...1_000_000).contains(value) else {
        throw ValidationError("\(option): found \(found), expected \(least) to 1000000")
      }
    }
    if let standIns, !(standIns > 0 && standIns <= 1e6) {
      throw ValidationError("--stand-ins: found \(standIns), expected milliseconds above 0")
    }
    guard foreign >= 0 else {
      throw ValidationError("--foreign: found \(foreign), expected 0 cores or more")
    }
    guard profile == nil || standIns == nil else {
      throw ValidationError("--profile is of real encoders; it excludes --stand-ins")
    }
    guard network == nil || profile != nil else {
      throw ValidationError("--network needs --profile")
    }
    _ = try Self.counts(modalities, "--modalities")
    _ = try Self.counts(replicas, "--replicas")
  }

  func load() throws -> RunConfiguration {
    try NamedPath.check(configuration, of: "CONFIG")
    if let output { try NamedPath.check(output, of: "--output") }
    return try RunConfiguration.load(path: configuration, overrides: overrides)
  }

  /// What is run, of `configuration`.
  func plan(_ configuration: RunConfiguration) throws -> ScalingPlan {
    var plan = ScalingPlan()
    plan.modalities = try Self.counts(modalities, "--modalities")
    plan.replicas = try Self.counts(replicas, "--replicas")
    (plan.scaledModality, plan.shards) = (modality, shards)
    (plan.repeats, plan.cycles, plan.warmUp) = (repeats, cycles, warmUp)
    (plan.standIns, plan.foreignLimit) = (standIns, foreign)
    plan.mpiOptions = mpiOptions
    plan.hostFile = try hostfile.map { try $0.absolutePath() }
    plan.cores = try hostfile.map { try HostFile(path: $0).slotCount } ?? MPIWorld.coreCount
    try plan.check(configuration)
    return plan
  }

  /// Different whole numbers from 1 on, rising.
  private static func counts(_ text: String?, _ option: String) throws -> [Int] {
    guard let text else { return [] }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { Int($0.filter { !$0.isWhitespace }) ?? 0 }
    guard numbers.allSatisfy({ (1...65_536).contains($0) }), Set(numbers).count == numbers.count
    else {
      throw ValidationError(
        "\(option): found '\(text)', expected different whole numbers from 1 on with commas between them, such as 1,2,4"
      )
    }
    return numbers.sorted()
  }
}
