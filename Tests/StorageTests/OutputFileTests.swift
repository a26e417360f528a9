import Foundation
import Testing

@testable import Storage

@Suite struct OutputFileTests {
  let folder: StorageFolder

  init() throws { folder = try StorageFolder() }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  private func write(_ text: String, to name: String) throws {
    try OutputFile(path(name)).write(Array(text.utf8))
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try folder.bytes(name), as: UTF8.self)
  }

  private func status(_ name: String) -> stat {
    var status = stat()
    #expect(lstat(path(name), &status) == 0)
    return status
  }

  private func kind(_ name: String) -> UInt32 { status(name).st_mode & S_IFMT }

  @Test func `a new file is made, and nothing else stays`() throws {
    try write("new", to: "a")
    #expect(try text("a") == "new")
    #expect(try folder.names == ["a"])
  }

  @Test func `a file that is replaced keeps its permissions, and never is half there`() throws {
    try write("old", to: "a")
    chmod(path("a"), 0o2640)
    let before = status("a")
    try write("new and longer", to: "a")
    let after = status("a")
    #expect(after.st_mode == before.st_mode)
    #expect(after.st_ino != before.st_ino, "written into, not replaced")
    #expect(try text("a") == "new and longer")
  }

  @Test func `a file is replaced with its owner`() throws {
    try write("old", to: "a")
    // Only the superuser gives files away; all others keep their own.
    let owner = geteuid() == 0 ? uid_t(12_345) : geteuid()
    try #require(chown(path("a"), owner, getegid()) == 0)
    try write("new", to: "a")
    #expect(status("a").st_uid == owner)
    #expect(try text("a") == "new")
  }

  @Test func `links are followed, whatever stands at their end`() throws {
    try write("old", to: "target")
    symlink("target", path("near"))
    symlink("near", path("far"))
    symlink(path("new"), path("early"))
    symlink("/dev/null", path("void"))
    for name in ["far", "early", "void"] { try write("through \(name)", to: name) }
    #expect(try text("target") == "through far")
    #expect(try text("new") == "through early")
    for link in ["near", "far", "early", "void"] { #expect(kind(link) == S_IFLNK, "\(link)") }
  }

  @Test func `a file with two names has both afterwards`() throws {
    try write("old", to: "a")
    link(path("a"), path("b"))
    try write("new", to: "a")
    #expect(try text("b") == "new")
    #expect(status("a").st_ino == status("b").st_ino)
  }

  @Test func `a pipe hands everything to its reader`() throws {
    mkfifo(path("pipe"), 0o600)
    let large = String(repeating: "0123456789", count: 30_000)
    let reader = Reader(of: path("pipe"))
    try write(large, to: "pipe")
    #expect(reader.bytes == Array(large.utf8))
    #expect(kind("pipe") == S_IFIFO)
  }

  @Test func `a pipe that nobody reads is refused at once`() throws {
    mkfifo(path("pipe"), 0o600)
    #expect(
      refusal { _ = try OutputFile(path("pipe"), patience: 20) }
        == "\(path("pipe")): is a pipe that nobody reads; start its reader first")
    #expect(kind("pipe") == S_IFIFO)
  }

  @Test func `one's own descriptor is written where it stands`() throws {
    let descriptor = open(path("a"), O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    Descriptors.write("before\n", to: descriptor)
    symlink("/proc/self/fd/\(descriptor)", path("like stdout"))
    try write("between\n", to: "like stdout")
    Descriptors.write("after\n", to: descriptor)
    #expect(try text("a") == "before\nbetween\nafter\n")
    #expect(kind("like stdout") == S_IFLNK)
    try OutputFile("/dev/fd/\(descriptor)").write(Array("last".utf8))
    #expect(try text("a") == "before\nbetween\nafter\nlast")
  }

  @Test func `what cannot be written is found before there is anything to write`() throws {
    try write("x", to: "file")
    mkdir(path("folder"), 0o700)
    symlink("nowhere/at all", path("astray"))
    symlink("round", path("round"))
    let reading = open(path("file"), O_RDONLY)
    defer { close(reading) }
    let long = String(repeating: "x", count: 300)
    func expect(
      _ name: String, _ problem: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let place = name.hasPrefix("/") ? name : path(name)
      let sentence = refusal { try OutputFile.check(place) }
      #expect(sentence == "\(place): \(problem)", sourceLocation: sourceLocation)
    }
    expect("folder", "is a folder, expected a file; name a file in it")
    expect(
      "none/x.csv",
      "cannot be created: there is no folder \(path("none")); make it first, or name another")
    expect(
      "new/", "cannot be created: there is no folder \(path("new")); make it first, or name another"
    )
    expect(
      "astray",
      "cannot be created: there is no folder \(path("nowhere")); make it first, or name another")
    expect("file/x.csv", "cannot be written: Not a directory")
    expect("round", "cannot be written: Too many levels of symbolic links")
    expect(long, "cannot be written: File name too long")
    expect("/dev/fd/\(reading)", "is open for reading only, expected a file that can be written")
    expect("/dev/fd/4000", "cannot be written: Bad file descriptor")
    #expect(
      refusal { try OutputFile.check("") } == "'': found an empty path, expected the path of a file"
    )
    #expect(try folder.names == ["astray", "file", "folder", "round"])
  }

  @Test func `a device that is full is named with the system's reason, and stays`() throws {
    symlink("/dev/full", path("full"))
    #expect(
      refusal { try write("x", to: "full") }
        == "\(path("full")): cannot be written: No space left on device")
    #expect(kind("full") == S_IFLNK)
  }
}
