import ArgumentParser
import Exchange
import MPI
import Runs

/// `antiphon doctor`: what this build finds here, and how fast it is; over two ranks, a ping too.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Says what was found on this machine, with advice.")

  func run() throws {
    var doctor = Doctor(Console())
    guard MPIWorld.isLaunched else {
      doctor.examine()
      return doctor.advise()
    }
    do {
      try withMPI { world in
        let endpoint = Endpoint(MPITransport(world), deadline: .seconds(60))
        guard world.rank == 0 else {
          return try Doctor.answerPing(endpoint, world: world)
        }
        doctor.examine()
        try doctor.ping(endpoint, world: world)
        doctor.advise()
      }
    } catch {
      Failure.end(with: error)
    }
  }
}
