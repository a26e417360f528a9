import Glibc
import Testing

@testable import Configuration

@Suite final class BrokenFileTests {
  private let folder: String

  init() throws {
    var template = Array("/tmp/configuration-XXXXXX".utf8CString)
    folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit {
    for name in ["run.yaml", "pipe"] { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

  @Test func `a file is read, and its folder is the base`() throws {
    let run = try RunConfiguration.load(path: write(Array(minimal.utf8)), overrides: ["seed=5"])
    #expect(run.data.root == folder)
    #expect(run.seed == 5)
  }

  @Test func `problems name the file as it was given and the line`() throws {
    let path = try write(Array("\(minimal)seed: x\n".utf8))
    expectRefusal(
      path, ":5: seed: found x, expected a whole number from 0 to 18446744073709551615")
  }

  @Test func `a missing file is refused`() {
    expectRefusal(
      "\(folder)/none.yaml", ": found no such file, expected a YAML file; check the path")
  }

  @Test func `a folder is refused`() {
    expectRefusal(folder, ": found a folder, expected a YAML file; name a file in it")
  }

  @Test func `a pipe is refused without waiting for it`() {
    #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
    expectRefusal(
      "\(folder)/pipe",
      ": found a pipe or a device, expected a YAML file; save it to a file first")
  }

  @Test func `an empty file is refused`() throws {
    expectRefusal(
      try write([]),
      ": found an empty file, expected a configuration; start from a file in examples/")
  }

  @Test func `bytes that are not UTF-8 are refused with their line`() throws {
    expectRefusal(
      try write(Array("classes: 2\n# caf".utf8) + [0xE9] + Array("\n".utf8)),
      ":2: found bytes that are not UTF-8, expected UTF-8 text; save the file as UTF-8")
  }

  @Test func `a huge file is refused`() throws {
    expectRefusal(
      try write([UInt8](repeating: 0x23, count: 1 << 20 + 1)),
      ": found a file of more than 1 MiB, expected a configuration of a few kilobytes; "
        + "check that this is the right file")
  }

  /// Tests may run as a user who can read everything, so the sentence is asked for by its code.
  @Test func `a file that may not be read is named as such`() {
    #expect(
      ConfigurationFile.words(.unopened(EACCES))
        == "found a file that may not be read, expected a YAML file; "
        + "give yourself permission (chmod)")
    #expect(
      ConfigurationFile.words(.unread(EIO))
        == "found a file that cannot be read (Input/output error), expected a YAML file; "
        + "check the path and the disk")
  }

  @Test func `a byte order mark does no harm`() throws {
    let path = try write([0xEF, 0xBB, 0xBF] + Array(minimal.utf8))
    #expect(try RunConfiguration.load(path: path).classes.count == 2)
  }

  private func write(_ bytes: [UInt8]) throws -> String {
    let path = "\(folder)/run.yaml"
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    return path
  }

  private func expectRefusal(
    _ path: String, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try RunConfiguration.load(path: path)
      Issue.record("accepted", sourceLocation: sourceLocation)
    } catch {
      #expect("\(error)" == path + message, sourceLocation: sourceLocation)
    }
  }
}
