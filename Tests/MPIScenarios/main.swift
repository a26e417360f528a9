import Exchange
import Glibc
import MPI

// Small jobs for the tests of the rooms MPI and Exchange: `mpi-scenarios NAME [NUMBER ...]`. Every
// rank checks what it can see; a rank whose check fails ends the job with status 70 and a sentence.

let name = CommandLine.arguments.dropFirst().first ?? ""
let numbers = CommandLine.arguments.dropFirst(2).compactMap { Int($0) }

Interruption.install()
Watch.start()
do {
  if let scenario = Scenarios.oneProcess[name] {
    try scenario(numbers)
  } else if let scenario = Scenarios.ranks[name] ?? Scenarios.longWork[name]
    ?? Scenarios.replicas[name]
  {
    if name == "stuck-at-start", LaunchEnvironment.current.rank == numbers.first { raise(SIGSTOP) }
    try withMPI { world in
      try scenario(Scene(world, numbers: numbers))
    }
  } else {
    throw ScenarioError("no scenario is called '\(name)'")
  }
} catch {
  // SIGTERM comes to all ranks when one of them has failed, and that one has said why.
  let isInterrupted = error as? ExchangeError == .interrupted
  if !isInterrupted || Interruption.signal != SIGTERM {
    "\(error)\n".withCString { _ = write(STDERR_FILENO, $0, strlen($0)) }
  }
  MPIWorld.abort(code: isInterrupted ? 75 : 70)
}
