import Storage
import Tensors

/// What an id must be to join the samples of different modalities.
enum SampleID {
  /// What is wrong with `id`, if anything.
  static func problem(_ id: String) -> String? {
    id.isEmpty ? "the id is empty" : padding(of: id, as: "id")
  }

  /// What is wrong with the name of a group, which may be empty.
  static func problem(ofGroup group: String) -> String? { padding(of: group, as: "group") }

  private static func padding(of name: String, as kind: String) -> String? {
    let isPadded = name.first?.isWhitespace == true || name.last?.isWhitespace == true
    // Nobody sees a blank at an end, but it would part the samples of two modalities.
    return isPadded ? "the \(kind) '\(name.legible())' begins or ends with white space" : nil
  }
}

/// A text file with one id a line.
enum IDList {
  /// The ids; lines end with LF or CRLF, the last one optionally.
  static func parse(_ bytes: [UInt8], place: String) throws -> [String] {
    let text = try InputFile.text(of: bytes, place: place)
    var (ids, first): ([String], [String: Int]) = ([], [:])
    var rest = text.utf8[...]
    // One line at a time: a list of them would be many times the file where they are short.
    while !rest.isEmpty {
      try LongWork.step()
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest[line.endIndex...].dropFirst()
      let isWindows = line.last == UInt8(ascii: "\r")
      let id = String(Substring(isWindows ? line.dropLast() : line))
      let number = ids.count + 1
      if let problem = SampleID.problem(id) { throw FileError("\(place):\(number)", problem) }
      if let earlier = first.updateValue(number, forKey: id) {
        throw FileError(
          "\(place):\(number)", "the id '\(id.legible())' stands already on line \(earlier)")
      }
      ids.append(id)
    }
    return ids
  }
}
