import ArgumentParser
import Exchange
import MPI
import Planning
import Runs

/// `antiphon doctor`: what this build finds here, and how fast it is; over two ranks, a ping too.
struct DoctorCommand: ParsableCommand {
  static let configuration = usage("antiphon")

  /// What people read about the command, called `program` and its name.
  static func usage(_ program: String) -> CommandConfiguration {
    Usage.command(
      "doctor", of: program,
      "Says what was found on this machine, with advice; with --network, how fast messages are.",
      example: program == "./launch" ? "doctor --hostfile hosts.txt" : "doctor")
  }

  /// How the doctor is started: with a second rank to send messages to.
  ///
  /// - Parameter ranks: nil: that one.
  static func plan(_ start: LaunchPlan.Start, ranks: Int? = nil) -> LaunchPlan {
    let plan = LaunchPlan(
      ranks: ranks ?? 2, inOneProcess: false, start: start, threads: 1, checksMemory: false)
    guard plan.memoryFault == nil else {
      // Without the memory for two ranks, one process says so.
      return LaunchPlan(
        ranks: 1, inOneProcess: true, start: start, threads: 1, checksMemory: false)
    }
    return plan
  }

  @OptionGroup var network: NetworkOptions
  @OptionGroup var dryRun: DryRunOption

  func run() throws {
    guard !dryRun.isAsked else {
      return try dryRun.show { Self.plan($0, ranks: network.ranks(on: nil)) }
    }
    guard !network.isAsked else { return try network.run() }
    var doctor = Doctor(Console())
    // Before MPI runs: it asks other programs, too, and MPI does not like processes that fork.
    if !Invocation.isWorker { doctor.examine() }
    guard MPIWorld.isLaunched else { return doctor.advise() }
    do {
      try withMPI { world in
        let endpoint = Endpoint(MPITransport(world), deadline: .seconds(60))
        guard world.rank == 0 else {
          return try Doctor.answerPing(endpoint, world: world)
        }
        try doctor.ping(endpoint, world: world)
        doctor.advise()
      }
    } catch {
      Failure.end(with: error)
    }
  }
}

/// `doctor --network`: tables of latencies and streams for plans.
struct NetworkOptions: ParsableArguments {
  @Flag(name: .customLong("network"), help: "Measures messages between ranks, for ./launch plan.")
  var isAsked = false

  @Option(help: .init("With --network: the file to write.", valueName: "file"), completion: .file())
  var output: String?

  func validate() throws {
    guard output == nil || isAsked else { throw ValidationError("--output needs --network") }
  }

  /// The ranks that measure: two on each of up to eight hosts, or some of this machine; nil: no network
  /// is measured.
  func ranks(on file: HostFile?) -> Int? {
    guard isAsked else { return nil }
    let hosts = Set(file?.hosts ?? []).count
    return hosts > 1 ? 2 * min(hosts, 8) : min(5, max(3, MPIWorld.coreCount))
  }

  func run() throws {
    if let output { try NamedPath.check(output, of: "--output") }
    guard MPIWorld.isLaunched else {
      throw RunError.notLaunched(command: "doctor --network", ranks: 3)
    }
    do {
      try withMPI { world in
        let endpoint = Endpoint(MPITransport(world), deadline: .seconds(300))
        guard world.rank == 0 else { return try NetworkProbe.answer(endpoint, world: world) }
        let console = Console()
        let found = try NetworkProbe(endpoint, world: world, console: console).measure()
        if let output { try found.write(to: output) }
        NetworkReport(found).say(on: console)
        if let output { console.say("written to \(output)") }
      }
    } catch {
      Failure.end(with: error)
    }
  }
}
