import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite struct FolderTests {
  let folder: StorageFolder

  init() throws { folder = try StorageFolder() }

  @Test func `folders on the way are made, and of several makers one is told so`() throws {
    for round in 0..<20 {
      let path = "\(folder.path)/runs/\(round)"
      let makers = Mutex(0)
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        let isNew = try? ModelFiles.createFolder(path)
        if isNew == true { makers.withLock { $0 += 1 } }
      }
      #expect(makers.withLock { $0 } == 1)
    }
    #expect(try ModelFiles.names(in: "\(folder.path)/runs").count == 20)
  }

  @Test(arguments: ["a/\u{301}b/c", "a//b/", "ü/ß 日本"])
  func `every name is one for a folder`(name: String) throws {
    #expect(try ModelFiles.createFolder("\(folder.path)/\(name)"))
    #expect(try ModelFiles.createFolder("\(folder.path)/\(name)") == false)
    #expect(access("\(folder.path)/\(name)", F_OK) == 0)
  }

  @Test func `what is no folder is said to be none`() throws {
    try AtomicFile.write([], to: "\(folder.path)/file")
    symlink("nowhere", "\(folder.path)/astray")
    func problem(_ name: String) -> String {
      refusal { try ModelFiles.createFolder("\(folder.path)/\(name)") }
        .replacing(folder.path + "/", with: "")
    }
    #expect(problem("file") == "file: is no folder; name another, or move what is there away")
    #expect(problem("file/below") == "file/below: the folder cannot be made: Not a directory")
    #expect(problem("astray") == "astray: is a link that leads nowhere, expected a folder")
  }

  @Test func `below a run that is gone nothing is made`() throws {
    let run = "\(folder.path)/run"
    func problem(_ held: HeldFolder?) -> String {
      refusal { try ModelFiles.createFolder("weights/a", belowRun: run, held: held) }
        .replacing(folder.path + "/", with: "")
    }
    try ModelFiles.createFolder(run)
    let held = try HeldFolder(run)
    try ModelFiles.createFolder("weights/a", belowRun: run, held: held)
    #expect(try ModelFiles.names(in: "\(run)/weights") == ["a"])
    rename(run, "\(run)-away")
    #expect(problem(nil) == "run/weights/a: the folder cannot be made: No such file or directory")
    #expect(
      problem(held)
        == "run: the run's folder was moved to run-away, where all is that was saved before")
    #expect(access(run, F_OK) < 0)
    // Moved back it is the same folder.
    rename("\(run)-away", run)
    #expect(held.loss == nil)
  }

  @Test func `names that are not UTF-8 are names too`() throws {
    let name: [CChar] = Array("\(folder.path)/".utf8CString.dropLast()) + [-23, 0]
    #expect(mkdir(name, 0o700) == 0)
    #expect(try ModelFiles.names(in: folder.path).count == 1)
  }
}
