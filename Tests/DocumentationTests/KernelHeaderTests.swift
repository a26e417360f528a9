import Foundation
import Testing

/// Who looks for a kernel finds its declaration in the header of its file's name, and reverse.
@Suite struct KernelHeaderTests {
  private static let room = Document.root.appendingPathComponent("Sources/CKernels")

  private func names(in text: String, _ pattern: Regex<(Substring, Substring)>) -> [String] {
    text.matches(of: pattern).map { String($0.output.1) }.sorted()
  }

  @Test func `a header declares what the file of its name defines, under one prefix`() throws {
    let folder = Self.room.appendingPathComponent("Kernels")
    let paths = try #require(FileManager.default.enumerator(atPath: folder.path))
    var count = 0
    for case let path as String in paths where path.hasSuffix(".c") {
      let source = folder.appendingPathComponent(path)
      let name = source.deletingPathExtension().lastPathComponent
      let header = Self.room.appendingPathComponent("include/\(name).h")
      let defined = names(
        in: try String(contentsOf: source, encoding: .utf8),
        /(?:^|\n)[a-z]+ WIDE\(([a-z0-9_]+)\)\(/)
      let declared = names(
        in: try String(contentsOf: header, encoding: .utf8), /\nKERNEL\([a-z]+, ([a-z0-9_]+),/)
      #expect(defined == declared && !defined.isEmpty, "\(path)")
      let prefix = try #require(defined.first?.split(separator: "_").first)
      #expect(defined.allSatisfy { $0.hasPrefix("\(prefix)_") }, "\(path): \(defined)")
      #expect(name.lowercased().hasPrefix(prefix), "\(path): \(prefix)")
      count += defined.count
    }
    #expect(count > 50)
  }

  @Test func `one header includes all`() throws {
    let folder = Self.room.appendingPathComponent("include")
    let all = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let text = try String(
      contentsOf: folder.appendingPathComponent("CKernels.h"), encoding: .utf8)
    let included = names(in: text, /#include "([A-Za-z]+\.h)"/)
    #expect(included == all.filter { $0 != "CKernels.h" && $0 != "Kernel.h" }.sorted())
  }
}
