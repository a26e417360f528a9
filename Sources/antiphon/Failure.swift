import Configuration
import Coordinator
import Exchange
import Experiments
import Glibc
import MPI
import Prediction
import Runs
import Scaling
import Storage
import Tensors
import Verification
import Worker

/// How a rank that cannot go on ends the job: one message, one status.
enum Failure {
  /// What the exit status says. All are below 110: mpirun has its own meanings for some above.
  enum Status: Int32 {
    /// `verify` found other numbers than the reference's, or `audit --strict` anything.
    case disagreement = 1
    /// The input is at fault: configuration, data, a run's folder.
    case badInput = 65
    /// Something that should not happen did.
    case internalError = 70
    /// Another rank did not answer in time.
    case deadline = 75
    /// The run was asked to end, and a checkpoint stands: it can be gone on with.
    case resumable = 76
    /// The job was asked to end, and did so at once.
    case interrupted = 77
  }

  /// Says what is wrong, unless another rank says it, and ends all ranks.
  static func end(with error: any Error) -> Never {
    if case RunError.ended = error {
      // That has been said where results are.
    } else if isInterruption(error) || isEnded(within: grace(for: error)) {
      // The coordinator says what is left, and ends the job. A worker that did it first would cut the
      // coordinator off; mpirun's SIGKILL comes a second after its SIGTERM.
      if Invocation.isWorker { usleep(700_000) }
    } else {
      let text = Terminal.errors.dressed("antiphon: error: \(error)") + "\n"
      Descriptors.write(text, to: STDERR_FILENO)
    }
    MPIWorld.abort(code: status(of: error).rawValue)
  }

  /// How long this rank leaves it to others to end the job, in seconds: often several see the same
  /// failure at the same time, and the lowest of them shall speak for all.
  private static func grace(for error: any Error) -> Double {
    guard Invocation.isRank else { return 0 }
    // All ranks of a node have the same limits, and mpirun takes a while to end those without MPI.
    if error is BLAS.MemoryLimit, rankOfJob > 0 { return 5 }
    // Another replica says what has happened to it.
    if case ExchangeError.abandoned = error { return 5 }
    // The coordinator has been told, and ends the job as soon as it has heard all others too.
    if error is RefusalSent { return 600 }
    let rank = rankOfJob
    // Every rank sees the same arguments at the same time; the launcher ends them after the first.
    if rank > 0, case RunError.noPath = error { return argumentGrace }
    if rank > 0 { return min(3, 0.2 + 0.1 * Double(rank)) }
    // A rank that was stopped itself finds its deadline over when the job's end wakes it up.
    if case ExchangeError.deadlineExceeded = error { return 0.05 }
    return 0
  }

  /// How long a rank leaves it to the first one to speak of the arguments that all were given.
  static let argumentGrace = 3.0

  private static var rankOfJob: Int { LaunchEnvironment.current.rank ?? 0 }

  /// Waits so many seconds; whether the job's end reached this rank meanwhile.
  static func isEnded(within seconds: Double) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while !Interruption.isRequested, ContinuousClock.now < end { usleep(10_000) }
    return Interruption.isRequested
  }

  private static func isInterruption(_ error: any Error) -> Bool {
    if case ExchangeError.interrupted = error { true } else { false }
  }

  private static func status(of error: any Error) -> Status {
    switch error {
    case ExchangeError.interrupted: .interrupted
    case RunError.ended: .resumable
    case ExchangeError.deadlineExceeded: .deadline
    case is VerificationFailed, is AuditFailed: .disagreement
    case is ConfigurationError, is FileError, is RunError, is ScalingError, is ExperimentError,
      is PredictionError,
      is RefusalSent, is CoordinatorError, is UnknownLanes, is BLAS.MemoryLimit,
      is MemoryExhausted, ExchangeError.refused, MPIError.noSharedMemory:
      .badInput
    default: .internalError
    }
  }
}
