import Glibc

/// The memory of this process, as the system counts it.
public enum ProcessMemory {
  /// The largest resident memory the process ever had, in bytes.
  public static var peakByteCount: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
