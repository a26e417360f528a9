import MPIShim

/// What MPI reports, and the one way to start a job that MPI itself takes for a good one.
public enum MPIError: Error, Equatable, CustomStringConvertible {
  /// A routine failed; `text` is MPI's own.
  case failed(routine: String, text: String)
  /// The launcher started several processes, but each of them found itself alone.
  case alone(launcher: String, processes: Int)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .failed(let routine, let text): "\(routine) failed: \(text)"
    case .alone(let launcher, let processes):
      "\(launcher) says that \(processes) processes were started, but MPI sees 1 rank; start the job with mpirun or with srun --mpi=pmix, and with the Open MPI that this build was linked with"
    }
  }
}

/// Throws where an MPI routine did not succeed.
func check(_ code: Int32, _ routine: String) throws(MPIError) {
  guard code != 0 else { return }
  throw .failed(routine: routine, text: text(capacity: 512) { mpis_error_text(code, $0, $1) })
}

/// The text that a C routine writes to a buffer.
func text(capacity: Int, _ write: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
    guard let base = buffer.baseAddress else { return "" }
    base.pointee = 0
    write(base, capacity)
    return String(cString: base)
  }
}
