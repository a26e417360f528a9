import Testing

@testable import Storage

@Suite struct LineFileTests {
  @Test func `a line that cannot be written leaves no trace`() throws {
    let folder = try StorageFolder()
    let file = try LineFile(creating: "\(folder.path)/lines")
    try file.append("one")
    try file.append("two")
    #expect(try folder.bytes("lines") == Array("one\ntwo\n".utf8))
    let full = try LineFile(creating: "/dev/full")
    let error = #expect(throws: (any Error).self) { try full.append("three") }
    #expect(
      error.map { "\($0)" }
        == "/dev/full: a line could not be written: No space left on device")
    #expect(throws: (any Error).self) { try LineFile(creating: "\(folder.path)/no/folder") }
  }
}
