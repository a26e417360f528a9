/// Formats that are text: seeds, and soups of pieces that mean something in them.
enum TextFormat {
  /// Text of these seeds and these pieces.
  static func format(seeds: [String], tokens: [String]) -> Format {
    let pieces = utf8(tokens + common)
    let lines = [UInt8](repeating: UInt8(ascii: "\n"), count: 1_000_000)
    let commas = [UInt8](repeating: UInt8(ascii: ","), count: 1_000_000)
    let names = (0..<150_000).flatMap { Array("\($0)\n".utf8) }
    return Format(
      seeds: utf8(seeds), large: [lines, lines + [0xff], commas, names], tokens: pieces,
      make: { soup(pieces, &$0) })
  }

  /// What goes wrong in any text: controls, direction marks, marks of order, half characters.
  private static let common = [
    "\0", "\u{1b}[2J", "\u{202e}", "\u{feff}", "\r", "\r\n", "\u{85}", "\u{2028}", "e\u{301}",
    "\u{1F600}", "\u{200d}",
    "\t", "99999999999999999999", "-1", "1e400", "nan", "", " ",
  ]

  private static func soup(_ pieces: [[UInt8]], _ draw: inout Draw) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<draw.below(draw.once(in: 10) ? 200 : 30) { bytes += draw.pick(pieces) }
    return bytes
  }

  /// A configuration.
  static func yaml(seeds: [String]) -> Format {
    var format = format(
      seeds: seeds,
      tokens: [
        "\n", "\n", "\n  ", "\n    ", "- ", ": ", ": ", "? ", "[", "]", "{", "}", ",", "&a ", "*a",
        "&b [*a, *a]", "*b", "| ",
        "> ", "---\n", "...\n", "%YAML 1.2\n", "!!binary ", "!x ", "<<: ", "\"", "'", "#",
        "\"\\ud800\"", "\"\\U0001F600\"",
        "classes: 3\n", "modalities:\n", "  a:\n", "    data: {kind: synthetic, set: lazy2}\n",
        "null", "true", "optimizer: ",
        "order: [a]", "lr", "kind", "method: mla", "seed", "preset: ", "fusion_weights: {a: 1}",
      ])
    let (repeated, many) = (
      repeatElement("a: b\n", count: 200_000), (0..<90_000).map { "k\($0): 1\n" }
    )
    format.large += utf8([
      repeated.joined(), many.joined(), "a: [" + String(repeating: "1,", count: 500_000) + "]",
      "{" + (0..<140_000).map { "\($0)," }.joined() + "}",
      "\"" + String(repeating: "\\x", count: 500_000) + "\"",
    ])
    let soup = format.make
    format.make = { draw in draw.once(in: 8) ? bomb(&draw) : soup?(&draw) ?? [] }
    return format
  }

  /// Aliases of aliases: a few lines that stand for very many values.
  private static func bomb(_ draw: inout Draw) -> [UInt8] {
    let (levels, width) = (1 + draw.below(30), 1 + draw.below(9))
    var text = draw.pick(["classes: 2\nx0: &a0 [1]\n", "x0: &a0 {k: v}\n", "? &a0 [a]\n: 1\n"])
    for level in 1...levels {
      let alias = "*a\(level - 1)"
      let list = repeatElement(alias, count: width).joined(separator: ", ")
      text += draw.pick([
        "x\(level): &a\(level) [\(list)]\n", "? &a\(level) [\(list)]\n: 1\n", "\(alias) : 1\n",
      ])
    }
    return Array(text.utf8)
  }

  /// JSON, deep nesting included.
  static func json(seeds: [String], keys: [String]) -> Format {
    format(
      seeds: seeds,
      tokens: keys.map { "\"\($0)\":" } + [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "false", "0", "1", "-", "1.5", "1e5",
        "\"a\"", "\\u0000", "\\ud800",
        "[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":", "\"../../etc/passwd\"", "18446744073709551615",
        "9223372036854775807",
      ])
  }

  /// Comma separated values with these columns.
  static func csv(_ header: String, rows: [String], tokens: [String]) -> Format {
    let lines = [header] + rows
    return format(
      seeds: [
        lines.joined(separator: "\n") + "\n", lines.joined(separator: "\r\n"),
        "\u{feff}" + lines.joined(separator: "\n"),
      ],
      tokens: [header + "\n", ",", ",", "\n", "\"", "\"\"", ";", "'"] + rows.map { $0 + "\n" }
        + tokens)
  }
}
