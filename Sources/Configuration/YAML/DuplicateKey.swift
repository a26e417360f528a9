import Yams

/// A key that stands twice in a section, with both lines.
///
/// Yams names the key and the place of its first appearance only, and gives no nodes. So that place
/// is renamed until the text composes; then the nodes show where the key stands again.
struct DuplicateKey {
  let key: String
  let firstLine: Int
  let secondLine: Int
}

extension DuplicateKey {
  /// Finds the topmost duplicate of `text`; nil if it hides behind tags or anchors.
  init?(in text: String) {
    let marker = "renamed\(text.hashValue.magnitude)x"
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // Every round renames one key and reads all again. Where that adds up to much text, nobody is
    // waiting for the second line; in the largest texts, not even once.
    for _ in 0..<min(20, 200_000 / max(1, text.utf8.count)) {
      do {
        let root = try Parser(yaml: lines.joined(separator: "\n"), encoding: .utf8).singleRoot()
        guard let found = root.flatMap({ Self.topmost(in: $0, marker: marker) }) else { return nil }
        self = found
        return
      } catch YamlError.duplicatedKeysInMapping(_, let context) {
        guard Self.rename(at: context.mark, in: &lines, marker: marker) else { return nil }
      } catch {
        return nil
      }
    }
    return nil
  }

  /// Puts the marker before the key that stands at `mark`, after its quote if it has one.
  private static func rename(at mark: Mark, in lines: inout [String], marker: String) -> Bool {
    guard lines.indices.contains(mark.line - 1) else { return false }
    var scalars = Array(lines[mark.line - 1].unicodeScalars)
    guard scalars.indices.contains(mark.column - 1) else { return false }
    let isQuoted = scalars[mark.column - 1] == "\"" || scalars[mark.column - 1] == "'"
    // The place makes two renamed keys of one section differ.
    let name = "\(marker)\(mark.line)x\(mark.column)x"
    scalars.insert(contentsOf: name.unicodeScalars, at: mark.column - (isQuoted ? 0 : 1))
    lines[mark.line - 1] = String(String.UnicodeScalarView(scalars))
    return true
  }

  private static func topmost(in node: Node, marker: String) -> DuplicateKey? {
    switch node {
    case .mapping(let pairs):
      let keys = pairs.compactMap { pair in
        pair.key.scalar.map { (name: plain($0.string, marker), line: $0.mark?.line ?? 0) }
      }
      let here = pairs.compactMap { pair -> DuplicateKey? in
        guard let scalar = pair.key.scalar, scalar.string.hasPrefix(marker),
          let first = scalar.mark?.line
        else { return nil }
        let name = plain(scalar.string, marker)
        let places = keys.filter { $0.name == name }.map(\.line)
        guard places.count > 1, places[0] == first else { return nil }
        return DuplicateKey(key: name, firstLine: first, secondLine: places[1])
      }
      let below = pairs.compactMap { topmost(in: $0.value, marker: marker) }
      return (here + below).min { $0.firstLine < $1.firstLine }
    case .sequence(let items):
      return items.lazy.compactMap { topmost(in: $0, marker: marker) }.first
    default:
      return nil
    }
  }

  /// The name that a key had before it was renamed.
  private static func plain(_ name: String, _ marker: String) -> String {
    guard name.hasPrefix(marker) else { return name }
    return name.dropFirst(marker.count).split(
      separator: "x", maxSplits: 2, omittingEmptySubsequences: false
    ).last.map(String.init) ?? name
  }
}
