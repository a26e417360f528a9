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

  /// What plots look like, in light, in the dark and printed. The colours are those of Okabe and Ito, which
  /// people with any kind of colour vision can tell apart.
  public static let style: String = {
    let light = [
      "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a8a8a", "#b8a500",
    ]
    let dark = [
      "#4ba3dc", "#f0b429", "#2fc49a", "#e39ac4", "#8fd0f5", "#f08a4b", "#a8a8a8", "#e8d94a",
    ]
    func variables(_ colours: [String]) -> String {
      colours.enumerated().map { "--plot-\($0): \($1);" }.joined(separator: " ")
    }
    let rules = (0..<light.count).map { place in
      """
      .plot .fill-\(place) { fill: var(--plot-\(place)) } \
      .plot .line-\(place) { stroke: var(--plot-\(place)) }
      """
    }
    return """

      .plot { \(variables(light)) --plot-ink: #1c2430; --plot-soft: #5b6470; --plot-grid: #d9dee5;
        display: block; width: 100%; height: auto; font: 12px Helvetica, Arial, sans-serif }
      .plot text { fill: var(--plot-ink) } .plot .soft { fill: var(--plot-soft) }
      .plot .heading { font-size: 14px; font-weight: bold } .plot .end { text-anchor: end }
      .plot .middle { text-anchor: middle } .plot .grid { stroke: var(--plot-grid) }
      .plot .axis { stroke: var(--plot-soft) } .plot .line { fill: none; stroke-width: 2 }
      .plot .dashed { stroke-dasharray: 6 4 } .plot .dotted { stroke-dasharray: 2 4 }
      .plot .band { opacity: 0.22 } .plot .bar { stroke: var(--plot-paper, #fff); stroke-width: 0.5 }
      \(rules.joined(separator: "\n"))
      @media (prefers-color-scheme: dark) {
        .plot { \(variables(dark)) --plot-ink: #e8edf3; --plot-soft: #a9b4c2; --plot-grid: #333d49 }
      }
      @media print {
        .plot { \(variables(light)) --plot-ink: #000; --plot-soft: #444; --plot-grid: #ccc; break-inside: avoid }
      }

      """
  }()

  /// The number of colours; more series begin again.
  static let colourCount = 8
}
