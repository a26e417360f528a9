import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Runs

@Suite struct RunDirectoryTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(arguments: [false, true])
  func `of several runs that start at once, one has the folder`(isThere: Bool) throws {
    for round in 0..<100 {
      let path = scratch["\(round)"]
      if isThere { mkdir(path, 0o777) }
      let owners = Mutex(0)
      let refusals = Mutex<[String]>([])
      let waiting = Atomic(2)
      DispatchQueue.concurrentPerform(iterations: 2) { _ in
        // Both look at the same moment, where there are two cores.
        waiting.subtract(1, ordering: .relaxed)
        for _ in 0..<100_000 where waiting.load(ordering: .relaxed) > 0 {}
        do {
          _ = try RunDirectory(creating: path)
          owners.withLock { $0 += 1 }
        } catch {
          refusals.withLock { $0.append("\(error)") }
        }
      }
      #expect(owners.withLock { $0 } == 1)
      // The second sees what the first has made, or that it is about to.
      let refusal = try #require(refusals.withLock { $0.count == 1 ? $0[0] : nil })
      #expect(
        refusal == "\(RunError.occupied(path))"
          || refusal.hasPrefix("\(path): another run has this folder: "))
    }
  }

  private func expectTaken() {
    #expect(throws: RunError.occupied(scratch["run"])) {
      try RunDirectory(creating: scratch["run"])
    }
  }

  @Test func `a folder with anything in it is taken`() throws {
    for name in ["a", ".hidden", "log.txt"] {
      try scratch.write("mine", to: "run/\(name)")
      expectTaken()
      #expect(scratch.text("run/\(name)") == "mine")
      try scratch.remove("run/\(name)")
    }
    // A name that is no text is a name too.
    let odd: [CChar] = Array("\(scratch["run"])/".utf8CString.dropLast()) + [-23, 0]
    #expect(mkdir(odd, 0o700) == 0)
    expectTaken()
  }

  @Test func `dots and slashes are no names, and two dots are the system's`() throws {
    #expect(try RunDirectory(creating: scratch["./a//b/."]).path == scratch["a/b"])
    #expect(try RunDirectory(existing: scratch["a/../b"]).path == scratch["a/../b"])
  }
}
