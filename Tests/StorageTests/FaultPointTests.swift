import Foundation
import Testing

@testable import Storage

/// The point of a kill is read once in a process, so each of these has a process of its own.
@Suite struct FaultPointTests {
  @Test func `a process that is killed after any call leaves the old file or the new one`()
    async throws
  {
    let old: [UInt8] = [1, 2, 3]
    var found: [[UInt8]] = []
    // Made, written, brought to the disk, put in place, the folder brought to the disk.
    for call in 1...5 {
      let folder = try StorageFolder()
      let path = "\(folder.path)/checkpoint.json"
      try AtomicFile.write(old, to: path)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, call = call as Int] in
        setenv("ANTIPHON_TEST_KILL", "commit:\(call):checkpoint.json", 1)
        try AtomicFile.write([7], to: path)
      }
      found.append(try folder.bytes("checkpoint.json"))
    }
    #expect(found == [old, old, old, [7], [7]])
  }
}
