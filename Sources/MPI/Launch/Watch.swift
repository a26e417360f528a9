import MPIShim

/// A thread that looks after this rank where its main thread cannot: inside of MPI calls that wait for
/// other ranks, and when those who started it have gone.
public enum Watch {
  /// What a rank cannot be interrupted in.
  enum Work {
    case starting, ending

    fileprivate func sentence(rank: Int, limit: Double) -> String {
      let time = limit < 10 ? "\(limit)" : "\(Int(limit))"
      switch self {
      case .starting:
        return
          "rank \(rank) has waited \(time) s for all ranks to start; one, or its host, may be stuck or cut off. Look at them, or raise \(LaunchEnvironment.startLimit) (seconds)"
      case .ending:
        return
          "rank \(rank) has waited \(time) s for all ranks to end; one, or its host, may be stuck or cut off. What was trained is saved"
      }
    }
  }

  /// The status of a rank that waits for others for too long.
  private static let status: Int32 = 75

  /// Ends the process some seconds after the launcher that started it as a rank has gone. Call this once,
  /// before anything that waits.
  public static func start() {
    // Without the thread nobody watches, and all else is as it was.
    _ = mpis_watch(LaunchEnvironment.current.isLaunched ? 1 : 0)
  }

  /// From now on the main thread is in calls that wait for other ranks; it may stay for so long.
  static func begin(_ work: Work, in environment: LaunchEnvironment) {
    let rank = environment.rank ?? 0
    let limit = environment.startSeconds
    let marks = work == .starting ? environment.marks ?? "" : ""
    mpis_watch_begin(
      limit, work.sentence(rank: rank, limit: limit), status, marks, Int32(clamping: rank),
      Int32(clamping: environment.ranksHere ?? 0))
  }

  /// It has come back.
  static func end() { mpis_watch_end() }
}
