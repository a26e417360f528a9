import Plots

/// What pages look like: in light, in the dark, on a phone and on paper.
enum PageStyle {
  /// The colours of a page, for texts and what is behind them.
  struct Inks {
    let paper, panel, ink, soft, rule, warning, warningPaper: String

    /// In light.
    static let light = Inks(
      paper: "#ffffff", panel: "#f4f6f9", ink: "#1c2430", soft: "#566070", rule: "#d9dee5",
      warning: "#7a4300", warningPaper: "#fff4e0")
    /// In the dark.
    static let dark = Inks(
      paper: "#12161c", panel: "#1a2029", ink: "#e8edf3", soft: "#a9b4c2", rule: "#333d49",
      warning: "#ffd591", warningPaper: "#33260d")

    fileprivate var variables: String {
      "--paper: \(paper); --panel: \(panel); --ink: \(ink); --soft: \(soft); --rule: \(rule); "
        + "--warning: \(warning); --warning-paper: \(warningPaper); --plot-paper: \(paper)"
    }
  }

  /// The style sheet, beside that of the plots.
  static let text: String = """

    :root { color-scheme: light dark; \(Inks.light.variables) }
    * { box-sizing: border-box }
    html { scroll-behavior: smooth }
    body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
    header, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 20px }
    header { padding-top: 32px } .kind { margin: 0; color: var(--soft); font-size: 14px }
    h1 { margin: 0; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em }
    .lead { margin: 6px 0 0; color: var(--soft) }
    h2 { margin: 44px 0 12px; padding-top: 14px; border-top: 1px solid var(--rule); font-size: 20px }
    p { max-width: 75ch } code, pre { font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
    pre { margin: 12px 0; padding: 12px 14px; overflow-x: auto; background: var(--panel);
      border: 1px solid var(--rule); border-radius: 8px; white-space: pre; overflow-wrap: normal }
    a { color: inherit } nav { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 24px 0 0; font-size: 14px }
    .warning { max-width: none; margin: 14px 0; padding: 10px 14px; border-radius: 8px;
      border-left: 4px solid var(--warning); background: var(--warning-paper); color: var(--warning) }
    .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 12px;
      margin: 20px 0; padding: 0; list-style: none }
    .tiles li { padding: 12px 14px; background: var(--panel); border-radius: 8px;
      border-left: 5px solid var(--edge, var(--rule)) }
    .tiles strong { display: block; font-size: 26px; line-height: 1.15; font-variant-numeric: tabular-nums }
    .tiles span { display: block } .tiles small { color: var(--soft); font-size: 13px }
    .beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(430px, 100%), 1fr)); gap: 8px 32px;
      align-items: start }
    .beside > * { min-width: 0 }
    figure { margin: 14px 0 } .plot { max-width: 620px }
    figcaption { margin-top: 4px; color: var(--soft); font-size: 14px; max-width: 65ch }
    dl { display: grid; grid-template-columns: minmax(110px, max-content) 1fr; gap: 3px 18px; margin: 12px 0 }
    dt { color: var(--soft) } dd { margin: 0; min-width: 0 }
    .wide { margin: 14px 0; overflow-x: auto }
    table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; overflow-wrap: normal }
    caption { white-space: nowrap; padding: 0 0 6px; text-align: left; font-weight: 600 }
    th, td { padding: 5px 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule) }
    th:first-child { padding-left: 0; text-align: left } thead th { color: var(--soft); font-weight: 600 }
    tbody th { font-weight: 500 }
    details { margin: 14px 0 } summary { cursor: pointer; color: var(--soft) }
    footer { padding-top: 28px; padding-bottom: 40px; color: var(--soft); font-size: 14px }
    \(edges)
    @media (prefers-color-scheme: dark) { :root { \(Inks.dark.variables) } }
    @media (max-width: 480px) {
      header, main, footer { padding-left: 16px; padding-right: 16px } h1 { font-size: 25px }
      dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: 6px }
      .plot text { font-size: 14px } .plot .heading { font-size: 16px } .plot .small { font-size: 11px }
    }
    @media print {
      :root { \(Inks.light.variables) } body { font-size: 11px } header, main, footer { max-width: none }
      nav, footer { display: none } h2 { break-after: avoid } figure, .tiles li, tr { break-inside: avoid }
      .beside { grid-template-columns: 1fr 1fr } table { font-size: 9px }
      th, td { padding: 2px 4px; white-space: normal } .wide { overflow: visible }
      figcaption, .tiles small { font-size: 9px } pre { white-space: pre-wrap; overflow-wrap: anywhere }
    }

    """

  /// The edges of tiles, in the colours of what they are of.
  private static let edges =
    ((0..<Plots.Picture.colourCount).map { "\($0)" } + ["ink", "soft"]).map { name in
      ".edge-\(name) { --edge: var(--plot-\(name)) }"
    }.joined(separator: " ")
}
