/// Looks for addresses in what rooms show each other.
enum PointerCheck {
  /// A declaration that other rooms can see, and a type of an address in it.
  struct Finding: Equatable, CustomStringConvertible {
    let line: Int
    let declaration: String
    let type: String

    var description: String { "\(line): \(declaration) has \(type)" }
  }

  /// Whether a word is the type of an address.
  static func isAddress(_ word: Substring) -> Bool {
    word == "OpaquePointer" || word == "CVaListPointer" || word.hasPrefix("Unsafe")
  }

  /// Whether a file has to do with addresses at all: `withUnsafeBytes` is enough.
  static func mentions(_ file: SwiftText) -> Bool {
    file.code.contains("Unsafe") || file.code.contains("OpaquePointer")
  }

  /// The `public`, `open` and `package` declarations whose signature has an address. Members of a
  /// public extension, requirements of a public protocol and cases of a public enum count as public.
  static func findings(in file: SwiftText) -> [Finding] {
    var parser = Parser(tokens: Token.all(in: file.code))
    parser.readScope(.file)
    return parser.findings
  }
}

/// A word, a sign, an arrow or the end of a line.
private struct Token {
  let text: Substring
  let line: Int

  static func all(in code: String) -> [Token] {
    var line = 1
    return code.matches(of: /\n|->|[=!<>]=|@?\w+|[^\s\w]/).map { match in
      defer { if match.output == "\n" { line += 1 } }
      return Token(text: match.output, line: line)
    }
  }
}

/// Reads declarations and passes over bodies.
private struct Parser {
  /// What a scope gives its members.
  enum Scope { case file, type, extensionOrProtocol, enumeration }

  private static let types: Set<Substring> = [
    "struct", "class", "enum", "actor", "protocol", "extension",
  ]
  private static let members: Set<Substring> = [
    "func", "init", "var", "let", "subscript", "typealias", "associatedtype", "case", "deinit",
  ]
  /// Words at the beginning of a line that go on with the line before.
  private static let continuations: Set<Substring> = [
    "->", "throws", "rethrows", "async", "where", "{", "=", "&", ".", ",", ":", ">", ")", "]", "?",
    "+", "|",
  ]
  /// Words at the end of a line that the next line goes on with.
  private static let openEnds: Set<Substring> = [":", ",", "->", "=", "&", "<", "(", "[", "where"]

  let tokens: [Token]
  var place = 0
  var findings: [PointerCheck.Finding] = []

  init(tokens: [Token]) { self.tokens = tokens }

  private var here: Substring? { place < tokens.count ? tokens[place].text : nil }
  private var next: Substring? { place + 1 < tokens.count ? tokens[place + 1].text : nil }

  /// Reads up to the brace that closes the scope.
  ///
  /// - Parameter isShown: whether members without a word of their own can be seen outside.
  mutating func readScope(_ scope: Scope, isShown: Bool = false) {
    // From here on stand the attributes and modifiers of the next declaration.
    var (isPublic, isHidden) = (false, false)
    while let word = here, word != "}" || scope == .file {
      let isVisible = isPublic || (isShown && !isHidden)
      switch word {
      case "public", "open", "package": (isPublic, place) = (true, place + 1)
      case "private", "fileprivate", "internal":
        // `private(set)` hides the setter alone.
        if next != "(" { isHidden = true }
        place += 1
        skipParentheses()
      case _ where word.hasPrefix("@"):
        place += 1
        skipParentheses()
      case "#":
        while let word = here, word != "\n" { place += 1 }
      case "class" where next.map { Self.members.contains($0) } == true: place += 1
      case _ where Self.types.contains(word):
        readType(word, isVisible: isVisible)
        (isPublic, isHidden) = (false, false)
      case "case" where scope != .enumeration, "deinit":
        place += 1
      case _ where Self.members.contains(word):
        // A case is as visible as its enum.
        readMember(isVisible: word == "case" ? isShown : isVisible)
        (isPublic, isHidden) = (false, false)
      case "{": skipBraces()
      default: place += 1
      }
    }
    place += 1
  }

  private mutating func readType(_ kind: Substring, isVisible: Bool) {
    let start = place
    while let word = here, word != "{" { place += 1 }
    // What an extension extends, and under which conditions, counts with what it shows.
    if isVisible { note(Array(tokens[start..<place])) }
    place += 1
    switch kind {
    case "extension", "protocol": readScope(.extensionOrProtocol, isShown: isVisible)
    case "enum": readScope(.enumeration, isShown: isVisible)
    default: readScope(.type)
    }
  }

  /// A declaration up to its body or its end.
  private mutating func readMember(isVisible: Bool) {
    let start = place
    place += 1
    var depth = 0
    var (isValue, hasType) = (false, false)
    var signature = [tokens[start]]
    reading: while let word = here {
      switch word {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "}", ";": break reading
      case "{" where depth > 0 || isValue:
        skipBraces()
        continue
      case "{": break reading
      case "=" where depth == 0:
        // A value tells the type where nothing else does.
        isValue = true
        hasType =
          ["var", "let"].contains(tokens[start].text) && signature.contains { $0.text == ":" }
      case "\n" where depth == 0:
        let last = tokens[place - 1].text
        let following = tokens[place...].first { $0.text != "\n" }?.text
        let goesOn =
          Self.openEnds.contains(last) || following.map(Self.continuations.contains) == true
        if !goesOn { break reading }
      default: break
      }
      if !(isValue && hasType) { signature.append(tokens[place]) }
      place += 1
    }
    if isVisible { note(signature) }
    if here == "{" { skipBraces() }
  }

  private mutating func note(_ signature: [Token]) {
    guard let first = signature.first,
      let type = signature.first(where: { PointerCheck.isAddress($0.text) })
    else { return }
    let name = signature.dropFirst().first { $0.text != "\n" }
    findings.append(
      PointerCheck.Finding(
        line: first.line, declaration: "\(first.text) \(name?.text ?? "")", type: String(type.text))
    )
  }

  private mutating func skipParentheses() {
    guard here == "(" else { return }
    var depth = 0
    repeat {
      if here == "(" { depth += 1 }
      if here == ")" { depth -= 1 }
      place += 1
    } while depth > 0 && place < tokens.count
  }

  private mutating func skipBraces() {
    var depth = 0
    repeat {
      if here == "{" { depth += 1 }
      if here == "}" { depth -= 1 }
      place += 1
    } while depth > 0 && place < tokens.count
  }
}
