import Foundation
import Testing

@testable import Storage

/// One process has a folder at a time, and one that is gone has it no more.
@Suite struct FolderLockTests {
  let folder: StorageFolder

  init() throws { folder = try StorageFolder() }

  private var file: String { "\(folder.path)/\(FolderLock.fileName)" }

  private var host: String { LockOwner.here.host }

  /// Why the lock is refused, without the folder's name; empty: it is not.
  private func problem(knowsLocks: Bool = true) -> String {
    refusal { _ = try FolderLock(folder.path, knowsLocks: knowsLocks) }
      .replacing(folder.path, with: "FOLDER").replacing("nothing was refused", with: "")
  }

  private func sign(host: String, process: Int32, start: String, boot: String? = nil) throws {
    let boot = boot ?? LockOwner.here.text.split(separator: " ").last.map(String.init) ?? ""
    try AtomicFile.write(
      Array("host \(host)\nprocess \(process)\nstart \(start)\nboot \(boot)\n".utf8), to: file)
  }

  @Test(arguments: [true, false])
  func `a second one is refused with the first one's host and process`(knowsLocks: Bool) throws {
    let lock = try FolderLock(folder.path, knowsLocks: knowsLocks)
    #expect(
      problem(knowsLocks: knowsLocks)
        == "FOLDER: another run has this folder: process \(getpid()) on host \(host); wait until it has ended, or name another folder"
    )
    lock.release()
    lock.release()
    #expect(try folder.names == [])
    #expect(problem(knowsLocks: knowsLocks) == "")
    #expect(try folder.names == [], "the end of its owner is the end of a lock")
  }

  /// The lock is the child's, which inherits the open file; then the child is killed.
  @Test func `a process that dies gives its lock back, and its file is taken for no owner`() throws
  {
    let child = Process()
    child.executableURL = URL(filePath: "/bin/sleep")
    child.arguments = ["60"]
    let held = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    try #require(held >= 0)
    var range = flock()
    range.l_type = Int16(F_WRLCK)
    try #require(fcntl(held, 37, &range) == 0)
    child.standardInput = FileHandle(fileDescriptor: held, closeOnDealloc: false)
    try child.run()
    let start = try #require(LockOwner.start(of: child.processIdentifier))
    let text = LockOwner.here.text
      .replacing("process \(getpid())\n", with: "process \(child.processIdentifier)\n")
      .replacing("start \(LockOwner.start(of: getpid()) ?? "")\n", with: "start \(start)\n")
    #expect(pwrite(held, text, text.utf8.count, 0) == text.utf8.count)
    close(held)

    let sentence =
      "FOLDER: another run has this folder: process \(child.processIdentifier) on host \(host); wait until it has ended, or name another folder"
    for knowsLocks in [true, false] { #expect(problem(knowsLocks: knowsLocks) == sentence) }
    kill(child.processIdentifier, SIGKILL)
    child.waitUntilExit()
    #expect(try folder.names == [FolderLock.fileName])
    for knowsLocks in [false, true] { #expect(problem(knowsLocks: knowsLocks) == "") }
  }

  @Test func `without locks, what the file says is believed as far as it can be`() throws {
    // A number that is used again, and one of an earlier start of the host.
    let start = try #require(LockOwner.start(of: getppid()))
    for (process, start, boot): (Int32, String, String?) in [
      (getppid(), "1", nil), (getppid(), start, "other"), (Int32.max, start, nil),
    ] {
      try sign(host: host, process: process, start: start, boot: boot)
      #expect(problem(knowsLocks: false) == "")
    }
    try sign(host: host, process: getppid(), start: start)
    #expect(
      problem(knowsLocks: false).hasPrefix(
        "FOLDER: another run has this folder: process \(getppid()) on host \(host)"))
    try sign(host: "far\u{1B}[31m", process: 7, start: "1")
    #expect(
      problem(knowsLocks: false)
        == "FOLDER: another run has this folder: process 7 on host far\\u{1b}[31m; wait until it has ended, or name another folder; if that process is gone, remove FOLDER/lock"
    )
    // A file system that has locks would know.
    #expect(problem() == "")
    for text in ["", "host\n", "host a\nprocess x\nstart 1\nboot 2\n", "\0\u{1}\u{FFFD}"] {
      try AtomicFile.write(Array(text.utf8), to: file)
      #expect(problem(knowsLocks: false) == "")
    }
  }

  @Test func `of many at a time one gets it`() throws {
    let path = folder.path
    for _ in 0..<20 {
      let locks = Counter()
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        if let lock = try? FolderLock(path) { locks.keep(lock) }
      }
      #expect(locks.count == 1)
      locks.release()
      #expect(try folder.names == [])
    }
  }

  @Test func `a folder that cannot be written to is refused`() {
    #expect(
      refusal { _ = try FolderLock("\(folder.path)/none") }
        == "\(folder.path)/none/lock: the lock cannot be taken: No such file or directory")
  }
}

/// Locks that are kept.
private final class Counter: @unchecked Sendable {
  private let guardian = NSLock()
  private var locks: [FolderLock] = []

  var count: Int { guardian.withLock { locks.count } }
  func keep(_ lock: FolderLock) { guardian.withLock { locks.append(lock) } }
  func release() { guardian.withLock { locks = [] } }
}
