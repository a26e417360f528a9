/// Compares what files import with the rows of their targets.
struct ImportCheck {
  let manifest: Manifest
  /// The package whose products the targets use, if it is another one of the repository.
  var other: Manifest?

  /// What every file may import, because it comes with Swift.
  static let toolchain: Set<String> = [
    "Foundation", "FoundationEssentials", "FoundationXML", "Glibc", "PackageDescription",
    "Synchronization", "Testing",
  ]

  /// The modules that a file imports.
  static func imports(of file: SwiftText) -> Set<String> {
    let line =
      /(?m)(?:^|;)[ \t]*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import[ \t]+(?:(?:struct|class|enum|actor|protocol|typealias|func|let|var)[ \t]+)?(\w+)/
    return Set(file.code.matches(of: line).map { String($0.output.1) })
  }

  /// Every import that is not in its row, and every entry of a row that nothing imports or that does
  /// not stand above it in the list: a sentence each.
  ///
  /// - Parameter files: the Swift files of a target. A target without any is in C, and its row is not
  ///   looked at. Programs stand in a row to be built, what tests share is offered to all, and examples get rooms by
  ///   re-export: none of these need be imported.
  func problems(files: (Manifest.Target) -> [SwiftText]) -> [String] {
    let targets = manifest.targets
    let outer = other?.targets ?? []
    let modules = Dictionary(
      (targets + outer).map { ($0.name, $0.module) }, uniquingKeysWith: { own, _ in own })
    let programs = Set((targets + outer).filter { $0.kind == .executable }.map(\.name))
    var problems: [String] = []
    for (place, target) in targets.enumerated() {
      let files = files(target)
      guard !files.isEmpty else { continue }
      let row = Set(target.imports.map { modules[$0] ?? $0 })
      var imported: Set<String> = []
      for file in files {
        let imports = Self.imports(of: file)
        imported.formUnion(imports)
        for module in imports.subtracting(row).subtracting(Self.toolchain).sorted() {
          problems.append(
            "\(file.path) imports \(module), which is not in the row of \(target.name)")
        }
      }
      let above = Set(targets[..<place].map(\.name) + outer.map(\.name))
      for entry in target.imports {
        if modules[entry] != nil, !above.contains(entry) {
          problems.append("\(target.name) imports \(entry), which does not stand above it")
        }
        // An example imports one product, and gets what that re-exports.
        let isOffered =
          programs.contains(entry) || entry == Manifest.supportOfTests
          || target.folder.hasPrefix("examples/")
        if !isOffered, !imported.contains(modules[entry] ?? entry) {
          problems.append("the row of \(target.name) names \(entry), which no file imports")
        }
      }
    }
    return problems
  }
}
