import MPIShim

/// Ctrl-C and the launcher's wish to end the job: flags that every wait looks at.
public enum Interruption {
  /// From now on the first SIGINT, SIGTERM or SIGUSR1 asks for the end.
  ///
  /// Where the process is gentle, that is all, and a second one, which comes later than what a launcher
  /// repeats at once, requests it. Else the first one does. One more, a second after the request, ends
  /// the process: until then, what mpirun sends again whenever another rank has gone must not cut off
  /// this rank's last words.
  ///
  /// SIGINT and SIGTERM at mpirun reach the ranks as SIGTERM a second later, with SIGKILL one more
  /// second after it: under mpirun SIGTERM always requests. SIGUSR1 at mpirun reaches them at once, with
  /// nothing after it, and leaves the job its own exit status: the way for a launcher to end a job
  /// gently.
  public static func install() {
    let failed = mpis_catch_signals(LaunchEnvironment.current.isUnderMPIRun ? 1 : 0)
    precondition(failed == 0, "these signals can always be caught")
  }

  /// From now on the first wish to end only asks: a run trains that can be gone on with.
  public static func beGentle() { mpis_be_gentle() }

  /// Whether somebody wishes that the process ends.
  public static var isAsked: Bool { mpis_caught_signal() != 0 }

  /// Whether the process must end, with what it is doing undone.
  public static var isRequested: Bool { mpis_is_end_requested() != 0 }

  /// The signal that asked for it first.
  public static var signal: Int32? {
    let caught = mpis_caught_signal()
    return caught == 0 ? nil : caught
  }
}
