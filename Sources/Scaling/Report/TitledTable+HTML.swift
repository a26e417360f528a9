import Plots
import Runs

extension TitledTable {
  /// As a part of a page.
  var html: String {
    func line(_ cells: [String], _ tag: String) -> String {
      "<tr>" + cells.map { "<\(tag)>\(Markup.escaped($0))</\(tag)>" }.joined() + "</tr>"
    }
    return """
      <h2>\(Markup.escaped(title))</h2>
      <div class="wide"><table>
      <thead>\(line(header, "th"))</thead>
      <tbody>\(rows.map { line($0, "td") }.joined(separator: "\n"))</tbody>
      </table></div>
      """
  }
}
