import Glibc
import Storage
import Tensors

/// A job that `./launch` starts, in a group of processes of its own, so that Ctrl-C reaches this process alone,
/// which then asks the job to end. When this process dies, the job is asked, too.
public struct Launched: Sendable {
  /// How a job ended.
  public typealias Ending = ChildGroup.Ending

  private let process: ChildGroup

  /// Starts `words`, with the environment of this process, and has what the job writes go to two files.
  public init(_ words: [String], output: String, errors: String) throws {
    process = try ChildGroup(
      Self.guardian + words, output: .file(output), errors: .file(errors)
    ) { FileError.system(words[0], "cannot be started", $0) }
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
  public func poll() -> Ending? { process.ending() }

  /// Asks the job to end, and does not wait for it.
  public func ask() { process.ask() }

  /// Ends the job: asks once, asks again, then kills what is left of the group. ./launch looks after the ranks,
  /// which are not in it.
  public func end() {
    for patience in [100, 250] {
      process.ask()
      for _ in 0..<patience {
        if process.ending() != nil { return }
        usleep(20_000)
      }
    }
    process.killAll()
    _ = process.ending(waiting: true)
  }
}
