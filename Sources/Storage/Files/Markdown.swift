/// Text in Markdown.
public enum Markdown {
  /// A row of a table.
  public static func row(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
  }
}
