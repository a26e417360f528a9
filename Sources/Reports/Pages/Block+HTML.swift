import Plots
import Runs
import Storage

/// Texts of a page.
enum Shown {
  /// A text on one line, as HTML: what steers the order of letters or a terminal is shown by its number.
  static func line(_ text: String) -> String { Markup.escaped(plain(text)) }

  /// Some lines, as HTML.
  static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }
      .joined(separator: "\n")
  }

  /// A text on one line, as pictures take it; what nobody reads to its end is cut.
  static func plain(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > longest else { return text.onOneLine() }
    return String(String.UnicodeScalarView(scalars.prefix(longest))).onOneLine() + "…"
  }

  /// The longest line, in characters of Unicode.
  private static let longest = 2_000
}

extension Block {
  /// The part as HTML.
  var html: String {
    switch self {
    case .text(let text): "<p>\(Shown.line(text))</p>"
    case .warning(let text): "<p class=\"warning\" role=\"note\">\(Shown.line(text))</p>"
    case .tiles(let tiles):
      "<ul class=\"tiles\">\n\(tiles.map(Self.html).joined(separator: "\n"))\n</ul>"
    case .facts(let facts):
      "<dl>\n"
        + facts.map { "<dt>\(Shown.line($0.name))</dt><dd>\(Shown.line($0.value))</dd>" }
        .joined(separator: "\n") + "\n</dl>"
    case .table(let table): table.html
    case .picture(let picture, let caption):
      "<figure>\(picture.svg)\(caption.isEmpty ? "" : "<figcaption>\(Shown.line(caption))</figcaption>")</figure>"
    case .beside(let blocks):
      "<div class=\"beside\">\n\(blocks.map(\.html).joined(separator: "\n"))\n</div>"
    case .code(let text): "<pre tabindex=\"0\"><code>\(Shown.lines(text))</code></pre>"
    case .folded(let title, let blocks):
      "<details><summary>\(Shown.line(title))</summary>\n\(blocks.map(\.html).joined(separator: "\n"))\n</details>"
    }
  }

  private static func html(_ tile: Tile) -> String {
    let detail = tile.detail.isEmpty ? "" : "<small>\(Shown.line(tile.detail))</small>"
    return
      "<li class=\"edge-\(tile.colour.className)\"><strong>\(Shown.line(tile.value))</strong><span>\(Shown.line(tile.label))</span>\(detail)</li>"
  }
}

extension TitledTable {
  /// As a part of a page: wider ones scroll inside a box of their own.
  var html: String {
    func row(_ cells: [String]) -> String {
      let first =
        cells.first.map { "<th scope=\"row\"><bdi dir=\"ltr\">\(Shown.line($0))</bdi></th>" } ?? ""
      return "<tr>" + first
        + cells.dropFirst().map { "<td>\(Shown.line($0))</td>" }.joined() + "</tr>"
    }
    let heads = header.map { "<th scope=\"col\">\(Shown.line($0))</th>" }.joined()
    return """
      <div class="wide" tabindex="0" role="region" aria-label="\(Shown.line(title))"><table>
      <caption>\(Shown.line(title))</caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(rows.map(row).joined(separator: "\n"))
      </tbody>
      </table></div>
      """
  }
}
