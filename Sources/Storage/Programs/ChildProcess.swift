import Glibc
import Tensors

/// Another program, run to its end, whose output is read as it comes.
///
/// It gets nothing of this process but `PATH`: no descriptors, no signals that are ignored here, no
/// environment (a rank carries that of MPI), no standard input. Any thread may run one.
public struct ChildProcess {
  /// How long a program may take.
  public struct Limits: Sendable {
    /// Without a byte of output, in seconds.
    public var silence: Double
    /// In all, in seconds.
    public var total: Double

    /// Two minutes of silence and an hour in all, unless given.
    public init(silence: Double = 120, total: Double = 3600) {
      self.silence = silence
      self.total = total
    }
  }

  /// How a program ended.
  public struct Ending {
    /// What it returned; nil: a signal ended it.
    public let status: Int32?
    /// The beginning of what it wrote to its standard error.
    public let complaint: String
  }

  /// The bytes of standard error that are kept.
  private static let mostComplaint = 4096

  private let process: pid_t
  private let output: Pipe
  private let complaints: Pipe

  /// Runs `program`, a path, and hands on what it writes; errors name `place`.
  ///
  /// When `take` throws, the work is called off, or time is over, the program and its own children are
  /// killed.
  public static func run(
    _ program: String, _ arguments: [String], searchPath: String, limits: Limits, place: String,
    _ take: (ArraySlice<UInt8>) throws -> Void
  ) throws -> Ending {
    let child = try ChildProcess(program, arguments, searchPath: searchPath, place: place)
    do {
      return try child.follow(limits, program, place, take)
    } catch {
      child.kill()
      throw error
    }
  }

  private init(
    _ program: String, _ arguments: [String], searchPath: String, place: String
  ) throws {
    output = try Pipe(place)
    complaints = try Pipe(place)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
    posix_spawn_file_actions_adddup2(&actions, complaints.writing, 2)
    // Some are not closed by themselves, such as those that libraries opened.
    for descriptor in Int32(3)..<1024 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own, so that all of it can be killed.
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var (all, none) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)

    var words = ([program] + arguments).map { strdup($0) } + [nil]
    var environment = [strdup("PATH=\(searchPath)"), nil]
    defer { for word in words + environment { free(word) } }
    var started: pid_t = 0
    let code = posix_spawn(&started, program, &actions, &attributes, &words, &environment)
    output.closeWriting()
    complaints.closeWriting()
    guard code == 0 else {
      throw FileError.system(place, "needs the program \(program), which does not start", code)
    }
    process = started
  }

  /// Reads until the program has ended and nobody holds its output any more.
  private func follow(
    _ limits: Limits, _ program: String, _ place: String, _ take: (ArraySlice<UInt8>) throws -> Void
  ) throws -> Ending {
    let start = ContinuousClock.now
    var lastByte = start
    var complaint: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var ending: Int32?
    while true {
      try LongWork.step()
      if output.isDone, ending == nil { ending = ended(waiting: false) }
      if output.isDone, let ending {
        return Ending(
          status: ending & 0x7f == 0 ? ending >> 8 & 0xff : nil,
          complaint: String(decoding: complaint, as: UTF8.self))
      }
      let ready = Pipe.wait(for: [output, complaints], milliseconds: 50)
      if ready[0], let bytes = output.read(&buffer) {
        lastByte = .now
        try take(bytes)
      }
      if ready[1], let bytes = complaints.read(&buffer) {
        complaint += bytes.prefix(Self.mostComplaint - complaint.count)
      }
      for (seconds, since, words) in [
        (limits.silence, lastByte, "said nothing for"), (limits.total, start, "has taken"),
      ] where ContinuousClock.now - since > .seconds(seconds) {
        throw FileError(
          place, "cannot be decoded: \(program) \(words) \(seconds) s; look whether it plays")
      }
    }
  }

  /// Kills the program and its children.
  private func kill() {
    Glibc.kill(-process, SIGKILL)
    _ = ended(waiting: true)
  }

  /// The system's word for how the program ended; nil: it has not. A process whose end somebody else has
  /// heard of counts as killed.
  private func ended(waiting: Bool) -> Int32? {
    var status: Int32 = 0
    var got: pid_t
    repeat {
      got = waitpid(process, &status, waiting ? 0 : WNOHANG)
    } while got < 0 && errno == EINTR
    return got == 0 ? nil : got < 0 ? SIGKILL : status
  }
}
