import Glibc
import Storage
import Tensors

/// A job that `./launch` starts, in a group of processes of its own, so that Ctrl-C reaches this process alone,
/// which then asks the job to end. When this process dies, the job is asked, too.
public struct Launched: Sendable {
  /// How a job ended.
  public enum Ending: Sendable, Equatable {
    /// With a status.
    case status(Int32)
    /// By a signal.
    case killed
  }

  private let process: pid_t

  /// Starts `words`, with the environment of this process, and has what the job writes go to two files.
  public init(_ words: [String], output: String, errors: String) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, path) in [(Int32(1), output), (2, errors)] {
      posix_spawn_file_actions_addopen(
        &actions, descriptor, path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
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
    var arguments = (Self.guardian + words).map { strdup($0) } + [nil]
    defer { for word in arguments { free(word) } }
    var started: pid_t = 0
    let code = posix_spawnp(
      &started, arguments[0] ?? strdup(""), &actions, &attributes, &arguments, environ)
    guard code == 0 else { throw FileError.system(words[0], "cannot be started", code) }
    process = started
  }

  /// util-linux's way to have a program hear of this process's end. Debian has it always.
  private static let guardian = ["setpriv", "--pdeathsig", "TERM", "--"]

  /// Waits until the job is over; ends it where this work is called off.
  ///
  /// - Returns: what it returned; nil: a signal ended it.
  public func wait() throws -> Int32? {
    do {
      while true {
        try LongWork.step()
        switch poll() {
        case .status(let status)?: return status
        case .killed?: return nil
        case nil: usleep(20_000)
        }
      }
    } catch {
      end()
      throw error
    }
  }

  /// Looks whether the job is over: how it ended, told once; nil: it goes on.
  public func poll() -> Ending? {
    ended().map { $0 & 0x7f == 0 ? .status($0 >> 8 & 0xff) : .killed }
  }

  /// Asks the job to end, and does not wait for it.
  public func ask() { kill(process, SIGTERM) }

  /// Ends the job: asks once, asks again, then kills what is left of the group. ./launch looks after the ranks,
  /// which are not in it.
  public func end() {
    for patience in [100, 250] {
      kill(process, SIGTERM)
      for _ in 0..<patience {
        if ended() != nil { return }
        usleep(20_000)
      }
    }
    kill(-process, SIGKILL)
    while ended() == nil { usleep(20_000) }
  }

  private func ended() -> Int32? {
    var status: Int32 = 0
    let got = waitpid(process, &status, WNOHANG)
    if got < 0, errno == EINTR { return nil }
    return got == 0 ? nil : got < 0 ? SIGKILL : status
  }
}
