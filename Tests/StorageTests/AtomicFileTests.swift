import Foundation
import Testing

@testable import Storage

@Suite struct AtomicFileTests {
  struct Interruption: Error {}

  let folder: StorageFolder

  init() throws { folder = try StorageFolder() }

  @Test func `a file is written, and replaced, and nothing else stays`() throws {
    try AtomicFile.write([1, 2, 3], to: "\(folder.path)/a")
    #expect(try folder.bytes("a") == [1, 2, 3])
    try AtomicFile.write([], to: "\(folder.path)/a")
    #expect(try folder.bytes("a") == [])
    #expect(try folder.names == ["a"])
  }

  @Test func `pieces are appended in order`() throws {
    let few: [UInt8] = [7, 8]
    let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
    try AtomicFile.write(to: "\(folder.path)/a") { append in
      try append(few.span.bytes.extracting(first: 1))
      try append(large.span.bytes)
    }
    #expect(try folder.bytes("a") == [7] + large)
  }

  @Test func `the old file stands untouched until the new one is whole`() throws {
    try AtomicFile.write([1, 2, 3], to: "\(folder.path)/a")
    let new: [UInt8] = [9, 9]
    #expect(throws: Interruption.self) {
      try AtomicFile.write(to: "\(folder.path)/a") { append in
        try append(new.span.bytes)
        #expect(try folder.bytes("a") == [1, 2, 3])
        let others = try folder.names.filter { $0 != "a" }
        #expect(others.count == 1)
        #expect(others.allSatisfy { $0.hasSuffix(AtomicFile.temporarySuffix) })
        throw Interruption()
      }
    }
    #expect(try folder.bytes("a") == [1, 2, 3])
    #expect(try folder.names == ["a"])
  }

  /// A limit on the size of files holds for a whole process, so this one has a process of its own.
  @Test func `a disk that is full leaves the old file and no other`() async {
    await #expect(processExitsWith: .success) {
      let folder = try StorageFolder()
      let path = "\(folder.path)/a"
      try AtomicFile.write([1, 2, 3], to: path)
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      setrlimit(__rlimit_resource_t(1), &limit)
      let sentence = refusal {
        try AtomicFile.write([UInt8](repeating: 9, count: 5000), to: path)
      }
      let names = try folder.names
      let bytes = try folder.bytes("a")
      #expect(sentence == "\(path): cannot be written: File too large")
      #expect(names == ["a"])
      #expect(bytes == [1, 2, 3])
    }
  }

  @Test func `a device that is full is named with the system's reason`() throws {
    let byte: [UInt8] = [1]
    let full = try FileDescriptor(
      opening: "/dev/full", as: "run/a", "cannot be created", flags: O_WRONLY)
    #expect(
      refusal { try full.write(byte.span.bytes) }
        == "run/a: cannot be written: No space left on device")
  }

  @Test func `a folder in the way stays, and the temporary goes`() throws {
    let path = "\(folder.path)/taken"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(
      refusal { try AtomicFile.write([1], to: path) }
        == "\(path): cannot be put in place: Is a directory")
    #expect(try folder.names == ["taken"])
  }

  @Test func `a folder that is not there is named`() {
    let path = "\(folder.path)/none/a"
    #expect(
      refusal { try AtomicFile.write([1], to: path) }
        == "\(path): cannot be created: No such file or directory")
  }
}
