import Plots

/// One page that needs nothing beside itself: no network, no script, no file.
public struct Page {
  /// What the page is of.
  public var title: String
  /// What kind of thing that is.
  public var kind: String
  /// What it is, in a line.
  public var lead: String
  /// What is seen first, before all sections.
  public var opening: [Block]
  /// The sections; those without parts are left out.
  public var sections: [Section]
  /// Who has made it, and where it is said how to read it.
  public var footer = "Written by ./launch report; docs/report.md says how to read it."

  /// A page of its parts.
  public init(
    title: String, kind: String, lead: String, opening: [Block], sections: [Section]
  ) {
    (self.title, self.kind, self.lead) = (title, kind, lead)
    (self.opening, self.sections) = (opening, sections)
  }

  /// The whole file.
  public var html: String {
    let shown = sections.filter { !$0.blocks.isEmpty }
    let links = shown.enumerated().map { place, section in
      "<a href=\"#part-\(place + 1)\">\(Shown.line(section.title))</a>"
    }
    let parts = shown.enumerated().map { place, section in
      """
      <section id="part-\(place + 1)">
      <h2>\(Shown.line(section.title))</h2>
      \(section.blocks.map(\.html).joined(separator: "\n"))
      </section>
      """
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
      <title>\(Shown.line(title)) · Antiphon</title>
      <style>\(PageStyle.text)\(Plots.Picture.style)</style>
      </head>
      <body>
      <header>
      <p class="kind">\(Shown.line(kind))</p>
      <h1><bdi>\(Shown.line(title))</bdi></h1>
      <p class="lead">\(Shown.line(lead))</p>
      </header>
      <main>
      \(opening.map(\.html).joined(separator: "\n"))
      \(links.count > 1 ? "<nav aria-label=\"Parts of this page\">\(links.joined(separator: "\n"))</nav>" : "")
      \(parts.joined(separator: "\n"))
      </main>
      <footer><p>\(Shown.line(footer))</p></footer>
      </body>
      </html>

      """
  }
}
