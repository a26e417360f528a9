import Foundation
import FoundationXML

/// The elements of a page, which are well-formed XML too.
final class Elements: NSObject, XMLParserDelegate {
  private(set) var names: [String] = []
  /// What stands in each element, without what stands in those within it.
  private(set) var texts: [String] = []
  private var open: [Int] = []
  private(set) var attributes: [[String: String]] = []

  struct NotWellFormed: Error { let reason: String }

  init(_ text: String) throws {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else {
      throw NotWellFormed(
        reason: "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(names.count)
    names.append(name)
    texts.append("")
    self.attributes.append(attributes)
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) { open.removeLast() }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    guard let place = open.last else { return }
    texts[place] += string
  }

  /// The texts of all elements of a name.
  func texts(of name: String) -> [String] {
    names.indices.filter { names[$0] == name }.map { texts[$0] }
  }

  /// The titles of all pictures.
  var pictures: [String] {
    zip(names, attributes).filter { $0.0 == "svg" }.map { $0.1["aria-label"] ?? "" }
  }
}
