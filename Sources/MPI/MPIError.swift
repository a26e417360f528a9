import MPIShim

/// What MPI reports, and what it takes for good although it is not.
public enum MPIError: Error, Equatable, CustomStringConvertible {
  /// A routine failed; `text` is MPI's own.
  case failed(routine: String, text: String)
  /// The launcher started several processes, but each of them found itself alone.
  case alone(launcher: String, processes: Int)
  /// The folder where ranks of a node share memory has no room for this one's messages.
  case noSharedMemory(folder: String, byteCount: Int, reason: String)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .failed(let routine, let text): "\(routine) failed: \(text)"
    case .alone(let launcher, let processes):
      "\(launcher) says that \(processes) processes were started, but MPI sees 1 rank; start the job with mpirun or with srun --mpi=pmix, and with the Open MPI that this build was linked with"
    case .noSharedMemory(let folder, let byteCount, let reason):
      "\(folder) has no room for this rank's messages of \(byteCount >> 20) MiB: \(reason); free some there, or start fewer ranks on this node"
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
