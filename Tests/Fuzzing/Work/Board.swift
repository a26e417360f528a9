import Glibc

/// What a worker tells its supervisor: numbers in memory that both see, also when one has died.
struct Board: ~Copyable {
  enum Entry: Int {
    /// The input in work, the processor time at its beginning in ns, and whether it is in work.
    case index, start
    case accepted, refused
    /// The most processor time of an input, in ns, and which it was.
    case slowest, slowestIndex
    /// The bytes of memory beyond what the process had at first, and which input came there.
    case memory, memoryIndex
  }

  private let numbers: UnsafeMutablePointer<Int>
  private static let byteCount = 4096

  /// A board in the file at `path`, which is made where it is not there.
  init(_ path: String) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    guard descriptor >= 0, ftruncate(descriptor, Self.byteCount) == 0,
      let memory = mmap(nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      memory != MAP_FAILED
    else { throw Misbehaviour("\(path) cannot be shared") }
    numbers = memory.assumingMemoryBound(to: Int.self)
  }

  deinit { munmap(numbers, Self.byteCount) }

  subscript(entry: Entry) -> Int {
    get { numbers[entry.rawValue] }
    nonmutating set { numbers[entry.rawValue] = newValue }
  }
}

/// Processor time in ns.
func processorTime(_ clock: clockid_t = CLOCK_PROCESS_CPUTIME_ID) -> Int {
  var time = timespec()
  return clock_gettime(clock, &time) == 0 ? time.tv_sec * 1_000_000_000 + time.tv_nsec : 0
}
