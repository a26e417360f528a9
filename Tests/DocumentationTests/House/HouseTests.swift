import Foundation
import Testing

/// Walls and doors of the house: what rooms import, and what they hand to each other.
@Suite struct HouseTests {
  private static func manifest() throws -> Manifest {
    Manifest(try Document("Package.swift").text)
  }

  @Test func `files import what the rows of their targets name, and nothing is named for nothing`()
    throws
  {
    let own = try Self.manifest()
    try #require(own.targets.count > 30, "the manifest is not read rightly")
    let found = ImportCheck(manifest: own).problems { SwiftText.files(below: $0.folder) }
    #expect(found == [])

    let benchmarks = Manifest(try Document("Benchmarks/Package.swift").text)
    try #require(benchmarks.targets.count > 2, "the manifest of the benchmarks is not read rightly")
    #expect(
      ImportCheck(manifest: benchmarks, other: own).problems {
        SwiftText.files(below: "Benchmarks/\($0.folder)")
      } == [])
  }

  @Test func `no room shows a pointer to another`() throws {
    let found = try Self.rooms().flatMap { room in
      SwiftText.files(below: room.folder).flatMap { file in
        PointerCheck.findings(in: file).map { "\(file.path):\($0)" }
      }
    }
    #expect(found == [], "a Buffer, a Span or a Tensor is handed on instead")
  }

  @Test func `pointers stay with MPI, with memory, and with those who call C`() throws {
    let manifest = try Self.manifest()
    let c = manifest.targets.filter {
      $0.kind == .system || SwiftText.files(below: $0.folder).isEmpty
    }
    let doors = Set(c.map(\.module) + ["Glibc"])
    let found = try Self.rooms().filter { !["MPI", "Tensors"].contains($0.name) }
      .flatMap { SwiftText.files(below: $0.folder) }
      .filter {
        PointerCheck.mentions($0) && !$0.path.hasSuffix("/Pointers.swift")
          && ImportCheck.imports(of: $0).isDisjoint(with: doors)
      }
    #expect(found.map(\.path) == [], "they call no C library")
  }

  @Test func `the picture of the house is what the manifest says`() throws {
    let script = Process()
    let output = Pipe()
    script.executableURL = Document.root.appendingPathComponent("docs/house")
    script.arguments = ["/dev/stdout"]
    script.standardOutput = output
    try script.run()
    let drawn = try #require(try output.fileHandleForReading.readToEnd())
    script.waitUntilExit()
    try #require(script.terminationStatus == 0)
    let picture = try Document("docs/house.svg").text
    #expect(String(decoding: drawn, as: UTF8.self) == picture, "docs/house draws it anew")
    for room in try Self.rooms() {
      #expect(picture.contains(">\(room.name)</text>"), "\(room.name) is not in the picture")
    }
  }

  @Test func `the table of imports is that of the manifest`() throws {
    let rows = try Document("docs/architecture.md").tableRows(below: "Who may import whom")
    let documented = Dictionary(
      uniqueKeysWithValues: rows.map { (Document.codes($0[0])[0], Set(Document.codes($0[1]))) })
    let rooms = try Self.rooms().map { ($0.name, Set($0.imports)) }
    #expect(rooms.count > 10)
    #expect(documented == Dictionary(uniqueKeysWithValues: rooms))
  }

  /// The targets below Sources that are in Swift.
  private static func rooms() throws -> [Manifest.Target] {
    try manifest().targets.filter {
      $0.folder.hasPrefix("Sources/") && !SwiftText.files(below: $0.folder).isEmpty
    }
  }
}
