import Testing

/// The checker of imports finds what it is there to find.
@Suite struct ImportCheckTests {
  private static let manifest = """
    let yams = Target.Dependency.product(name: "Yams", package: "Yams")
    func room(_ name: String, imports: [Target.Dependency]) -> Target {
      .target(name: name, dependencies: imports)
    }
    func tests(of name: String, imports: [Target.Dependency] = []) -> Target {
      .testTarget(name: "\\(name)Tests", dependencies: [.init(stringLiteral: name)] + imports)
    }
    let package = Package(
      name: "small",  // room("Comment", imports: [])
      targets: [
        system("CSound", pkgConfig: "sound", apt: "libsound-dev"),
        .target(name: "CKernels", exclude: ["Kernels"]),
        room("Low", imports: ["CKernels", "CSound"]),
        room(
          "High", imports: [
            "Low", yams,
          ]),
        .executableTarget(name: "small-program", dependencies: ["High"], path: "Programs/Small"),
        .target(name: "TestSupport", dependencies: [], path: "Tests/TestSupport"),
        tests(of: "Low"),
        tests(of: "High", imports: ["Low", "small-program"]),
      ])
    """

  private static let files = [
    "Low": "import CKernels\nimport Glibc\npublic import CSound",
    "High": "@preconcurrency import struct Low.Thing\nimport Yams",
    "small-program": "/* import Low */\nimport High; import Foundation\nlet s = \"import Low\"",
    "TestSupport": "import Testing",
    "LowTests": "import TestSupport\n@testable import Low",
    "HighTests": "@testable\nimport High\nimport Low",
  ]

  private func problems(_ change: (inout String, inout [String: String]) -> Void = { _, _ in })
    -> [String]
  {
    var (manifest, files) = (Self.manifest, Self.files)
    change(&manifest, &files)
    return ImportCheck(manifest: Manifest(manifest)).problems { target in
      files[target.name].map { [SwiftText(path: "\(target.folder)/A.swift", $0)] } ?? []
    }
  }

  @Test func `a manifest is read as it is meant`() {
    let targets = Manifest(Self.manifest).targets
    #expect(
      targets.map(\.name) == [
        "CSound", "CKernels", "Low", "High", "small-program", "TestSupport", "LowTests",
        "HighTests",
      ])
    #expect(
      targets.map(\.kind) == [
        .system, .library, .library, .library, .executable, .library, .tests, .tests,
      ])
    #expect(
      targets.map(\.imports) == [
        [], [], ["CKernels", "CSound"], ["Low", "Yams"], ["High"], [], ["Low", "TestSupport"],
        ["High", "TestSupport", "Low", "small-program"],
      ])
    #expect(targets[2].folder == "Sources/Low" && targets[4].folder == "Programs/Small")
    #expect(targets[7].folder == "Tests/HighTests" && targets[4].module == "small_program")
  }

  @Test func `files that keep to their rows are silent`() { #expect(problems() == []) }

  @Test(arguments: [
    "import Low", "@testable import Low", "import struct Low.Thing", "import Low.Inner",
    "public import Low", "import Foundation; import Low", "  import Low  // why not",
    "@_exported\nimport Low",
  ])
  func `an import that the row does not name is found`(line: String) {
    let found = problems { $1["small-program"]? += "\n" + line }
    #expect(
      found == ["Programs/Small/A.swift imports Low, which is not in the row of small-program"])
  }

  @Test func `modules that come along with others are found`() {
    #expect(
      problems { $1["High"]? += "\nimport CYaml" }
        == ["Sources/High/A.swift imports CYaml, which is not in the row of High"])
  }

  @Test func `an entry that nothing imports is found`() {
    #expect(
      problems { manifest, _ in manifest.replace("[\"High\"]", with: "[\"High\", \"Low\"]") }
        == ["the row of small-program names Low, which no file imports"])
    #expect(
      problems { $1["High"] = "import Low" } == [
        "the row of High names Yams, which no file imports"
      ])
    #expect(
      problems { $1["Low"] = "import CKernels\n// import CSound" }
        == ["the row of Low names CSound, which no file imports"])
  }

  @Test func `a room that imports one below itself is found`() {
    let found = problems {
      $0.replace("\"CSound\"])", with: "\"CSound\", \"High\"])")
      $1["Low"]? += "\nimport High"
    }
    #expect(found == ["Low imports High, which does not stand above it"])
  }

  @Test func `a package that uses the rooms of another one is held to its rows too`() {
    let bench = """
      func room(_ name: String) -> Target.Dependency { .product(name: name, package: "small") }
      let package = Package(name: "bench", targets: [
        .executableTarget(
          name: "bench", dependencies: [room("small-program")] + ["Low", "High"].map(room)),
      ])
      """
    let check = ImportCheck(manifest: Manifest(bench), other: Manifest(Self.manifest))
    func problems(_ text: String) -> [String] {
      check.problems { [SwiftText(path: "\($0.folder)/A.swift", text)] }
    }
    #expect(problems("import Low\nimport High") == [])
    #expect(
      problems("import Low\nimport Yams") == [
        "Sources/bench/A.swift imports Yams, which is not in the row of bench",
        "the row of bench names High, which no file imports",
      ])
  }
}
