import ArgumentParser
import Exchange
import MPI
import Runs

/// `antiphon doctor`: what this build finds here, and how fast it is; over two ranks, a ping too.
struct DoctorCommand: ParsableCommand {
  static let configuration = usage("antiphon")

  /// What people read about the command, called `program` and its name.
  static func usage(_ program: String) -> CommandConfiguration {
    Usage.command(
      "doctor", of: program, "Says what was found on this machine, with advice.",
      example: program == "./launch" ? "doctor --hostfile hosts.txt" : "doctor")
  }

  /// How the doctor is started: with a second rank to send messages to.
  static func plan(_ start: LaunchPlan.Start) -> LaunchPlan {
    let plan = LaunchPlan(
      ranks: 2, inOneProcess: false, start: start, threads: 1, checksMemory: false)
    guard plan.memoryFault == nil else {
      // Without the memory for two ranks, one process says so.
      return LaunchPlan(
        ranks: 1, inOneProcess: true, start: start, threads: 1, checksMemory: false)
    }
    return plan
  }

  @OptionGroup var dryRun: DryRunOption

  func run() throws {
    guard !dryRun.isAsked else { return try dryRun.show(Self.plan) }
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
