import Foundation
import Testing

/// What equal bits on every processor rest on, and a compiler or a library could take away unnoticed.
@Suite struct ArithmeticSourceTests {
  /// The code of every file of a room, line by line, without comments.
  private func code(of room: String, _ endings: [String]) throws -> [(place: String, line: String)]
  {
    let folder = Document.root.appendingPathComponent("Sources/\(room)")
    let paths = try #require(FileManager.default.enumerator(atPath: folder.path))
    var lines: [(String, String)] = []
    for case let path as String in paths where endings.contains(where: path.hasSuffix) {
      let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        let isComment = line.drop { $0 == " " }.hasPrefix("//")
        if !isComment { lines.append(("\(room)/\(path):\(number + 1)", String(line))) }
      }
    }
    try #require(lines.count > 100, "\(room) is not read")
    return lines
  }

  @Test(arguments: ["Tensors", "MLA", "Networks", "Datasets", "Worker", "Coordinator", "CKernels"])
  func `numbers come from no elementary function of the C library`(room: String) throws {
    let call =
      /(^|[^A-Za-z0-9_.])(exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|tanh|erf|cbrt|hypot)f?\(/
    for (place, line) in try code(of: room, [".swift", ".c", ".h"]) {
      #expect(line.firstMatch(of: call) == nil, "\(place): \(line); `Elementary` has the function")
    }
  }

  @Test func `kernels leave nothing for the compiler to fuse or to reorder`() throws {
    let lines = try code(of: "CKernels", [".c", ".h"])
    for (place, line) in lines {
      #expect(!line.contains("reassociate") && !line.contains("fast-math"), "\(place)")
    }
    let pragma = "#pragma STDC FP_CONTRACT OFF"
    #expect(lines.contains { $0.place.hasPrefix("CKernels/Kernels/Width.h") && $0.line == pragma })
    // All kernels come from files that include Width.h before anything else.
    for width in ["Plain", "AVX2", "AVX512"] {
      let file = lines.filter { $0.place.hasPrefix("CKernels/Width\(width).c") }.map(\.line)
      #expect(file.filter { $0.hasPrefix("#include") } == ["#include \"Kernels/All.h\""])
    }
    let all = lines.filter { $0.place.hasPrefix("CKernels/Kernels/All.h") }.map(\.line)
    #expect(all.first { $0.hasPrefix("#include") } == "#include \"Width.h\"")
  }
}
