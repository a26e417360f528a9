/// What a Package.swift says of its targets, read from its text.
///
/// It understands the forms in use: SwiftPM's own, and the functions `room`, `tests` and `system` of
/// our manifest.
struct Manifest {
  struct Target {
    enum Kind { case system, library, executable, tests }
    let kind: Kind
    let name: String
    /// The targets and products of its row, in the order written.
    let imports: [String]
    /// Where its files are, below the package's folder.
    let folder: String

    /// Its name in an `import`.
    var module: String { name.replacing("-", with: "_") }
  }

  /// The target that `tests` puts into every row.
  static let supportOfTests = "TestSupport"

  /// In the order of the list.
  let targets: [Target]
  /// The products of other packages that rows name.
  let products: Set<String>

  init(_ text: String) {
    let text = SwiftText.withoutComments(text)
    var products: [String: String] = [:]
    let constant = /let (\w+) = Target\.Dependency\.product\(name: "([\w-]+)"/
    for match in text.matches(of: constant) {
      products[String(match.output.1)] = String(match.output.2)
    }
    self.products = Set(products.values)

    let call =
      /(?<definition>func )?(?<form>\.systemLibrary|\.target|\.executableTarget|\.testTarget|\broom|\btests|\bsystem)\(/
    var targets: [Target] = []
    var rest = text[...]
    while let match = rest.firstMatch(of: call) {
      guard match.output.definition == nil else {
        rest = rest[match.range.upperBound...]
        continue
      }
      let (arguments, end) = Self.arguments(in: rest[match.range.upperBound...])
      rest = rest[end...]
      if let target = Target(form: match.output.form, arguments, products: products) {
        targets.append(target)
      }
    }
    self.targets = targets
  }

  /// The arguments of a call by their labels ("" without one), and where its parenthesis closes.
  private static func arguments(in text: Substring) -> ([String: Substring], end: String.Index) {
    var arguments: [String: Substring] = [:]
    var (depth, isString) = (0, false)
    var (start, place) = (text.startIndex, text.startIndex)
    func add(_ argument: Substring) {
      let match = argument.prefixMatch(of: /\s*(\w+):/)
      arguments[match.map { String($0.output.1) } ?? ""] =
        match.map {
          argument[$0.range.upperBound...]
        } ?? argument
    }
    while place < text.endIndex {
      let character = text[place]
      if character == "\"" { isString.toggle() }
      if !isString {
        if "([".contains(character) { depth += 1 }
        if ")]".contains(character) { depth -= 1 }
        if depth < 0 { break }
        if depth == 0 && character == "," {
          add(text[start..<place])
          start = text.index(after: place)
        }
      }
      place = text.index(after: place)
    }
    add(text[start..<place])
    return (arguments, place)
  }
}

extension Manifest.Target {
  /// A target of a call; nil if its name is not written there.
  fileprivate init?(
    form: Substring, _ arguments: [String: Substring], products: [String: String]
  ) {
    func literals(_ label: String) -> [String] {
      arguments[label].map { $0.matches(of: /"([\w.\/-]+)"/).map { String($0.output.1) } } ?? []
    }
    let names = ["", "name", "of"].flatMap(literals)
    guard names.count == 1 else { return nil }
    let row = arguments["imports"] ?? arguments["dependencies"] ?? ""
    let listed = row.matches(of: /"([\w-]+)"|\b(\w+)\b/).compactMap { match in
      match.output.1.map(String.init) ?? match.output.2.flatMap { products[String($0)] }
    }
    kind =
      switch form {
      case ".systemLibrary", "system": .system
      case ".testTarget", "tests": .tests
      case ".executableTarget": .executable
      default: .library
      }
    let isShort = form == "tests"
    name = isShort ? names[0] + "Tests" : names[0]
    imports = isShort ? [names[0], Manifest.supportOfTests] + listed : listed
    folder = literals("path").first ?? "\(kind == .tests ? "Tests" : "Sources")/\(name)"
  }
}
