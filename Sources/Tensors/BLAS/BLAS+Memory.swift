import COpenBLAS
import Glibc
import Synchronization

/// The memory that OpenBLAS maps for each thread that computes, and limits that leave no room for it.
///
/// Where the system refuses OpenBLAS its memory, its allocator asks again and again, for ever. So it is
/// asked here first, and taken before anything else can take it.
extension BLAS {
  /// What OpenBLAS maps for each of the threads that compute a product at a time, in bytes: its
  /// `BUFFER_SIZE`, in builds that choose their kernels when they start.
  public static let bufferByteCount = 128 << 20

  /// What is too small for OpenBLAS.
  public struct MemoryLimit: Error, Equatable, CustomStringConvertible {
    /// The threads that compute.
    public let threads: Int
    /// What was told to the system, and what a rank needs of it, in words.
    public let shortage: String

    /// The error as one sentence.
    public var description: String {
      let each = threads == 1 ? "OpenBLAS" : "OpenBLAS in each of \(threads) threads"
      return """
        \(shortage) before it has any data (\(BLAS.bufferByteCount >> 10) KiB of that for \(each)); \
        raise the limit\(threads == 1 ? "" : ", or lower execution.threads")
        """
    }
  }

  /// Throws if this process's memory is limited so that `threads` threads cannot compute.
  ///
  /// - Parameters:
  ///   - spare: bytes that must be left for all else.
  ///   - shared: bytes that will be mapped, but not for this process alone.
  public static func checkMemory(
    threads: Int, spare: Int = 64 << 20, shared: Int = 0
  ) throws(MemoryLimit) {
    guard MemoryLimits.areSet else { return }
    let missing = max(0, threads - reserved.withLock { $0 })
    let own = [Int](repeating: bufferByteCount, count: missing) + [spare]
    guard !canMap(own, shared: shared) else { return }
    throw MemoryLimit(
      threads: threads,
      shortage: MemoryLimits.shortage(of: own.reduce(0, +), shared: shared))
  }

  /// Lets OpenBLAS take the memory of `threads` threads now, where this process's memory is limited.
  ///
  /// - Parameter shared: as in `checkMemory`.
  public static func reserve(threads: Int, shared: Int = 0) throws(MemoryLimit) {
    guard MemoryLimits.areSet else { return }
    try checkMemory(threads: threads, shared: shared)
    keepsToOneThread
    // Its own allocator, which it exports but does not declare; without, the check has to do.
    guard let allocate = dlsym(nil, "blas_memory_alloc"), let free = dlsym(nil, "blas_memory_free")
    else { return }
    typealias Allocate = @convention(c) (Int32) -> UnsafeMutableRawPointer?
    typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void
    reserved.withLock { reserved in
      // What it has it gives again: so many at a time are as many that stay.
      let buffers = (0..<threads).map { _ in unsafeBitCast(allocate, to: Allocate.self)(0) }
      for buffer in buffers { unsafeBitCast(free, to: Free.self)(buffer) }
      reserved = max(reserved, threads)
    }
  }

  /// How many threads have their memory.
  private static let reserved = Mutex(0)

  /// Whether the system would map so many bytes at a time. What is not written to stands for what is
  /// shared: it takes address space, but is no data of this process.
  private static func canMap(_ own: [Int], shared: Int) -> Bool {
    var mapped: [(UnsafeMutableRawPointer, Int)] = []
    defer { for (address, size) in mapped { munmap(address, size) } }
    let readable = shared > 0 ? [(shared, PROT_READ)] : []
    for (size, protection) in own.map({ ($0, PROT_READ | PROT_WRITE) }) + readable {
      let address = mmap(nil, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      guard let address, address != MAP_FAILED else { return false }
      mapped.append((address, size))
    }
    return true
  }

  /// Starts this program anew with OpenBLAS told to have one thread, where memory is limited and it was
  /// not told so: when it is loaded it starts a thread for each core, and each takes a buffer.
  public static func restartWithoutThreads() {
    let name = "OPENBLAS_NUM_THREADS"
    guard MemoryLimits.areSet,
      getenv(name).map({ String(cString: $0) }) != "1"
    else { return }
    setenv(name, "1", 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
  }
}
