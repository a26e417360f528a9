import MPIShim

/// Ctrl-C and the launcher's wish to end the job: a flag that every wait looks at.
public enum Interruption {
  /// From now on the first SIGINT, SIGTERM or SIGUSR1 raises the flag; one that comes a second
  /// later, or after that, ends the process: until then, what mpirun sends again whenever another
  /// rank has gone must not cut off this rank's last words.
  ///
  /// SIGINT and SIGTERM at mpirun reach the ranks as SIGTERM a second later, with SIGKILL one more
  /// second after it. SIGUSR1 at mpirun reaches them at once, with nothing after it, and leaves
  /// the job its own exit status: the way for a launcher to end a job gently.
  public static func install() {
    let failed = mpis_catch_signals()
    precondition(failed == 0, "these signals can always be caught")
  }

  /// Whether the process was asked to end.
  public static var isRequested: Bool { mpis_caught_signal() != 0 }

  /// The signal that asked for it first.
  public static var signal: Int32? {
    let caught = mpis_caught_signal()
    return caught == 0 ? nil : caught
  }
}
