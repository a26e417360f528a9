import Glibc
import Synchronization

/// Where a test kills this process: after any of the system calls that put files in place or remove
/// them.
///
/// `ANTIPHON_TEST_KILL=commit:K` in the environment is SIGKILL after the K-th of them;
/// `commit:K:NAME` counts only those for paths that contain NAME, which chooses a rank, too: each
/// writes files of its own. Without the variable this is one comparison.
enum FaultPoint {
  private struct Target {
    let call: Int
    let name: String
  }

  private static let target: Target? = {
    guard let value = getenv("ANTIPHON_TEST_KILL") else { return nil }
    let words = String(cString: value).split(separator: ":", maxSplits: 2)
    guard words.count >= 2, words[0] == "commit", let call = Int(words[1]) else { return nil }
    return Target(call: call, name: words.count == 3 ? String(words[2]) : "")
  }()

  /// Files are written on several threads.
  private static let calls = Atomic(0)

  /// A system call on the way of the file at `path` is over.
  static func passed(_ path: String) {
    guard let target, target.name.isEmpty || path.contains(target.name) else { return }
    if calls.add(1, ordering: .relaxed).newValue == target.call { kill(getpid(), SIGKILL) }
  }
}
