/// A plot as SVG, to stand in a page or alone.
public struct Picture: Sendable, Equatable {
  /// What it shows, for those who see it and for those who have it read to them.
  public let title: String
  let width: Double
  let height: Double
  let body: [String]

  /// The element, for a page that has `Picture.style`.
  public var svg: String {
    let name = Markup.escaped(title)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 \(Markup.coordinate(width)) \
      \(Markup.coordinate(height))" role="img" aria-label="\(name)">
      <title>\(name)</title>
      \(body.joined(separator: "\n"))
      </svg>
      """
  }

  /// A file of its own.
  public var document: String {
    guard let end = svg.firstRange(of: "</title>")?.upperBound else { return svg }
    return svg[..<end] + "\n<style>\(Self.style)</style>" + svg[end...] + "\n"
  }

  /// The colours in light, each at least 3 to 1 against the paper, and far from each other for people who see no
  /// red, no green or no blue, after those of Okabe and Ito.
  static let lightColours = [
    "#1b50d8", "#c4780c", "#10806e", "#8a1f9c", "#1f93e6", "#574019", "#7d7398", "#a33d12",
  ]
  /// The same in the dark.
  static let darkColours = [
    "#4a78f0", "#f09a3e", "#4fdcab", "#f0a0e6", "#9cd2ff", "#f0dc62", "#9a90b4", "#e0785a",
  ]
  /// Text, text that steps back, lines behind all, the paper: in light.
  static let lightInk = (ink: "#1c2430", soft: "#566070", grid: "#d9dee5", paper: "#ffffff")
  /// The same in the dark.
  static let darkInk = (ink: "#e8edf3", soft: "#a9b4c2", grid: "#333d49", paper: "#12161c")

  /// What plots look like, in light, in the dark and printed.
  public static let style: String = {
    func variables(
      _ colours: [String], _ ink: (ink: String, soft: String, grid: String, paper: String)
    ) -> String {
      colours.enumerated().map { "--plot-\($0): \($1);" }.joined(separator: " ")
        + " --plot-ink: \(ink.ink); --plot-soft: \(ink.soft); --plot-grid: \(ink.grid); --plot-ground: \(ink.paper)"
    }
    let names = lightColours.indices.map { "\($0)" } + ["ink", "soft"]
    let rules = names.map { name in
      """
      .plot .fill-\(name) { fill: var(--plot-\(name)) } \
      .plot .line-\(name) { stroke: var(--plot-\(name)) }
      """
    }
    let shades = (0..<shadeCount).map { place in
      ".plot .shade-\(place) { fill-opacity: \(["0.95", "0.7", "0.48", "0.3", "0.16", "0.04"][place]) }"
    }
    return """

      :root { \(variables(lightColours, lightInk)) }
      .plot { display: block; width: 100%; height: auto; font: 12px Helvetica, Arial, sans-serif }
      .plot text { fill: var(--plot-ink); unicode-bidi: isolate } .plot .soft { fill: var(--plot-soft) }
      .plot .heading { font-size: 14px; font-weight: bold } .plot .end { text-anchor: end }
      .plot .middle { text-anchor: middle } .plot .grid { stroke: var(--plot-grid) }
      .plot .axis { stroke: var(--plot-soft) } .plot .line { fill: none; stroke-width: 2 }
      .plot .dashed { stroke-dasharray: 6 4 } .plot .dotted { stroke-dasharray: 2 4 }
      .plot .dashdot { stroke-dasharray: 9 3 2 3 } .plot .over { fill: var(--plot-paper, var(--plot-ground)) }
      .plot .band { opacity: 0.2 } .plot .bar { stroke: var(--plot-paper, var(--plot-ground)); stroke-width: 0.5 }
      .plot .shade { fill: var(--plot-ink); stroke: var(--plot-ink); stroke-width: 0.7 }
      .plot .small { font-size: 10px }
      \((rules + shades).joined(separator: "\n"))
      @media (prefers-color-scheme: dark) {
        :root { \(variables(darkColours, darkInk)) }
      }
      @media print {
        :root { \(variables(lightColours, ("#000", "#444", "#ccc", "#fff"))) }
        .plot { break-inside: avoid }
      }

      """
  }()

  /// The number of shades of the text's colour.
  static let shadeCount = 6

  /// The number of colours; more series begin again.
  public static let colourCount = lightColours.count
}
