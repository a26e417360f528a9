import Tensors

/// The header of a safetensors file, believed only after every word of it was checked.
struct SafeTensorsHeader {
  /// One tensor's line.
  struct Entry {
    let name: String
    let type: ElementType
    let shape: Shape
    /// Where its bytes are in the data.
    let range: Range<Int>
  }

  /// The tensors in the order of their data.
  let entries: [Entry]
  let metadata: [String: String]

  /// No header needs to be longer: safetensors' own limit.
  static let longest = 100_000_000

  /// Checks what the first 8 bytes claim against the file's size.
  static func length(_ prefix: [UInt8], fileSize: Int, place: String) throws -> Int {
    guard fileSize >= 8, prefix.count == 8 else {
      throw FileError(
        place, "\(fileSize) bytes are no safetensors file: it begins with 8 bytes of length")
    }
    let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(min(fileSize - 8, longest)) else {
      let limit = length > UInt64(longest) ? "at most \(longest) are" : "\(fileSize - 8) are there"
      throw FileError(
        place,
        "the header claims to be \(length) bytes long, but \(limit): "
          + "the file is cut off or is no safetensors file")
    }
    return Int(length)
  }

  /// Reads the header's JSON and checks it against the length of the data.
  init(_ json: [UInt8], dataCount: Int, place: String) throws {
    var entries: [Entry] = []
    var metadata: [String: String] = [:]
    var scanner = HeaderScanner(json, place: place)
    try scanner.object("the header") { scanner, name in
      if name == SafeTensors.metadataKey {
        try scanner.object(name) { scanner, key in metadata[key] = try scanner.string() }
      } else {
        entries.append(try Self.entry(name, from: &scanner, dataCount: dataCount))
      }
    }
    try scanner.end()
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try Self.checkCover(entries, dataCount: dataCount, place: place)
    self.entries = entries
    self.metadata = metadata
  }

  /// Reads `{"dtype": …, "shape": […], "data_offsets": [begin, end]}`.
  private static func entry(
    _ name: String, from scanner: inout HeaderScanner, dataCount: Int
  ) throws -> Entry {
    var word: String?
    var axes: [Int]?
    var offsets: [Int]?
    try scanner.object("tensor \(quoted(name))") { scanner, key in
      switch key {
      case "dtype": word = try scanner.string()
      case "shape": axes = try scanner.integers("the axes of tensor \(quoted(name))")
      case "data_offsets": offsets = try scanner.integers("the offsets of tensor \(quoted(name))")
      default:
        throw scanner.problem(
          "tensor \(quoted(name)) has the key \(quoted(key)), "
            + "expected dtype, shape and data_offsets")
      }
    }
    guard let word, let axes, let offsets, offsets.count == 2 else {
      throw scanner.problem(
        "tensor \(quoted(name)) must have dtype, shape and data_offsets of two numbers")
    }
    guard let type = ElementType(rawValue: word) else {
      let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw scanner.problem(
        "tensor \(quoted(name)) has the type \(quoted(word)), expected one of \(known)")
    }
    // On the way, even if an axis is 0.
    guard let byteCount = (axes + [type.byteCount]).product() else {
      throw scanner.problem(
        "tensor \(quoted(name)) of shape \(shown(axes)) has more bytes than can be counted")
    }
    guard offsets[0] <= offsets[1], offsets[1] <= dataCount else {
      throw scanner.problem(
        "tensor \(quoted(name)) is said to be at bytes \(offsets[0]) to \(offsets[1]) of the data, "
          + "which has \(dataCount)")
    }
    guard offsets[1] - offsets[0] == byteCount else {
      throw scanner.problem(
        "tensor \(quoted(name)) has \(offsets[1] - offsets[0]) bytes, "
          + "but \(word) of shape \(shown(axes)) needs \(byteCount)")
    }
    return Entry(
      name: name, type: type, shape: Shape(axes), range: offsets[0]..<offsets[1])
  }

  /// Checks that the tensors, in order, cover the data without gap or overlap.
  private static func checkCover(_ entries: [Entry], dataCount: Int, place: String) throws {
    var end = 0
    var last = "the header"
    for entry in entries {
      let begin = entry.range.lowerBound
      if begin != end {
        let what = begin < end ? "overlaps" : "leaves a gap after"
        throw FileError(
          place,
          "tensor \(quoted(entry.name)) begins at byte \(begin) of the data and \(what) "
            + "\(last), which ends at byte \(end)")
      }
      end = entry.range.upperBound
      last = "tensor \(quoted(entry.name))"
    }
    if end != dataCount {
      throw FileError(
        place, "the data has \(dataCount) bytes, but the tensors end at byte \(end)")
    }
  }
}

/// A shape as messages show it, however long a broken file makes it.
func shown(_ axes: [Int]) -> String {
  "[\(axes.prefix(8).map(String.init).joined(separator: ", "))\(axes.count > 8 ? ", …" : "")]"
}
