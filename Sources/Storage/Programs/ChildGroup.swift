import Glibc

/// A program that was started in a group of processes of its own, so that all of it can be killed, and Ctrl-C does
/// not reach it; without standard input, and with no signal blocked or ignored that is so here.
public struct ChildGroup: Sendable {
  /// Where what it writes goes.
  public enum Stream {
    /// To a file, which is emptied first.
    case file(String)
    /// To an open file.
    case open(Int32)
  }

  /// How it ended.
  public enum Ending: Sendable, Equatable {
    /// With a status.
    case status(Int32)
    /// By a signal.
    case killed
  }

  private let process: pid_t

  /// Starts the program that the first of `words` names: a path, or a name that is looked for in `PATH`.
  ///
  /// - Parameters:
  ///   - environment: `NAME=value`; nil: that of this process.
  ///   - closesOthers: whether it gets no descriptor of this process but those that are named.
  ///   - refusal: the error, from the system's number for why it cannot be started.
  public init(
    _ words: [String], environment: [String]? = nil, output: Stream, errors: Stream,
    closesOthers: Bool = false, refusal: (Int32) -> FileError
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, stream) in [(Int32(1), output), (2, errors)] {
      switch stream {
      case .file(let path):
        posix_spawn_file_actions_addopen(
          &actions, descriptor, path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
      case .open(let other): posix_spawn_file_actions_adddup2(&actions, other, descriptor)
      }
    }
    if closesOthers {
      // Some are not closed by themselves, such as those that libraries opened.
      for descriptor in Int32(3)..<1024 {
        posix_spawn_file_actions_addclose(&actions, descriptor)
      }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var (all, none) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    var arguments = words.map { strdup($0) } + [nil]
    var variables = (environment ?? []).map { strdup($0) } + [nil]
    defer { for word in arguments + variables { free(word) } }
    var started: pid_t = 0
    let code =
      environment == nil
      ? posix_spawnp(&started, words[0], &actions, &attributes, &arguments, environ)
      : posix_spawnp(&started, words[0], &actions, &attributes, &arguments, &variables)
    guard code == 0 else { throw refusal(code) }
    process = started
  }

  /// Asks the program itself to end.
  public func ask() { kill(process, SIGTERM) }

  /// Kills the program and its children, and does not wait for them.
  public func killAll() { kill(-process, SIGKILL) }

  /// How the program ended, told once; nil: it has not, which is never so when `waiting`. A process whose end
  /// somebody else has heard of counts as killed.
  public func ending(waiting: Bool = false) -> Ending? {
    var status: Int32 = 0
    var got: pid_t
    repeat {
      got = waitpid(process, &status, waiting ? 0 : WNOHANG)
    } while got < 0 && errno == EINTR
    guard got != 0 else { return nil }
    return got > 0 && status & 0x7f == 0 ? .status(status >> 8 & 0xff) : .killed
  }
}
