import Storage

/// The header of a `.npy` file, versions 1.0, 2.0 and 3.0 (NumPy's `numpy.lib.format`).
struct NPYHeader {
  let type: NPYType
  let shape: [Int]
  /// Whether the first axis is the one whose neighbours lie side by side, where that differs.
  let isFortran: Bool
  /// Where the values begin, from the file's first byte.
  let dataOffset: Int

  /// Reads and checks the header, the file's size included: what it declares is exactly there.
  ///
  /// - Parameter byteCount: the size of the file that `bytes` are the beginning of; nil: they are all of it.
  init(
    _ bytes: ArraySlice<UInt8>, of byteCount: Int? = nil, place: String, for purpose: NPYPurpose
  ) throws {
    guard bytes.starts(with: NPYHeader.magic) else {
      try InputFile.refuseGzip(bytes, place: place)
      throw FileError(place, "is not a .npy file: it does not begin with \\x93NUMPY")
    }
    var reader = ByteReader(bytes, place: place, offset: NPYHeader.magic.count)
    let major = try reader.little(UInt8.self, "header")
    let minor = try reader.little(UInt8.self, "header")
    guard (1...3).contains(major), minor == 0 else {
      throw FileError(
        place, "is of .npy version \(major).\(minor); versions 1.0, 2.0 and 3.0 can be read")
    }
    let length =
      major == 1
      ? Int(try reader.little(UInt16.self, "header"))
      : Int(try reader.little(UInt32.self, "header"))
    guard length <= reader.remaining else {
      throw FileError(
        place, "declares a header of \(length) bytes, but only \(reader.remaining) follow")
    }
    var literal = NPYHeaderLiteral(
      try reader.take(length, "header"), place: place, purpose: purpose)
    let fields = try literal.parse()
    type = try NPYType(fields.descr, for: purpose, place: place)
    shape = fields.shape
    dataOffset = reader.offset
    // With one axis, both orders are the same.
    isFortran = fields.isFortran && shape.count > 1
    try checkSize(
      reader.remaining + (byteCount.map { $0 - bytes.count } ?? 0), place: place)
  }

  private func checkSize(_ available: Int, place: String) throws {
    let shapeText = "(" + shape.map(String.init).joined(separator: ", ") + ")"
    guard let needed = elementCount([type.byteCount] + shape) else {
      throw FileError(place, "declares the shape \(shapeText), which no file can hold")
    }
    guard needed == available else {
      throw FileError(
        place,
        "declares the shape \(shapeText) of \(type.byteCount)-byte values,"
          + " \(counted(needed, "byte")), but \(counted(available, "byte")) follow the header")
    }
  }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
}

/// The Python dictionary literal of a `.npy` header, parsed and never evaluated:
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct NPYHeaderLiteral {
  private let bytes: [UInt8]
  private let place: String
  private let purpose: NPYPurpose
  private var position = 0

  init(_ bytes: ArraySlice<UInt8>, place: String, purpose: NPYPurpose) {
    self.bytes = Array(bytes)
    self.place = place
    self.purpose = purpose
  }

  /// Exactly the three keys of the format, each once, in any order.
  mutating func parse() throws -> (descr: String, isFortran: Bool, shape: [Int]) {
    var descr: String?
    var isFortran: Bool?
    var shape: [Int]?
    try expect("{")
    while !accept("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where descr == nil: descr = try type()
      case "fortran_order" where isFortran == nil: isFortran = try boolean()
      case "shape" where shape == nil: shape = try tuple()
      default: throw malformed("unexpected or repeated key '\(key.legible())'")
      }
      if accept(",") { continue }
      try expect("}")
      break
    }
    skipBlanks()
    guard position == bytes.count else { throw malformed("text follows the closing brace") }
    guard let descr, let isFortran, let shape else {
      throw malformed("'descr', 'fortran_order' and 'shape' must all be there")
    }
    return (descr, isFortran, shape)
  }

  private mutating func type() throws -> String {
    guard !accept("[") else {
      throw FileError(
        place, "holds structures (fields with names); save one array of \(purpose.plain) each")
    }
    return try string()
  }

  private mutating func string() throws -> String {
    skipBlanks()
    guard position < bytes.count, "'\"".utf8.contains(bytes[position]) else {
      throw malformed("expected a quoted string")
    }
    let quote = bytes[position]
    let start = position + 1
    guard let end = bytes[start...].firstIndex(of: quote),
      bytes[start..<end].allSatisfy({ (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\\") })
    else { throw malformed("expected a plain quoted string") }
    position = end + 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private mutating func boolean() throws -> Bool {
    skipBlanks()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw malformed("expected True or False")
  }

  private mutating func tuple() throws -> [Int] {
    var lengths: [Int] = []
    try expect("(")
    while !accept(")") {
      lengths.append(try length())
      if accept(",") { continue }
      // (3) is a number in Python; a tuple of one needs its comma.
      guard lengths.count > 1 else { throw malformed("expected ',' after the only length") }
      try expect(")")
      break
    }
    // NumPy's own limit is 64 axes.
    guard lengths.count <= 64 else { throw malformed("a shape of \(lengths.count) axes") }
    return lengths
  }

  private mutating func length() throws -> Int {
    skipBlanks()
    let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let length = Int(String(decoding: digits, as: UTF8.self)) else {
      throw malformed("expected the length of an axis, a number from 0")
    }
    position = digits.endIndex
    return length
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard accept(character) else { throw malformed("expected '\(character)'") }
  }

  private mutating func skipBlanks() {
    while position < bytes.count, " \t\r\n".utf8.contains(bytes[position]) { position += 1 }
  }

  private func malformed(_ problem: String) -> FileError {
    FileError(place, "has a malformed .npy header, at its character \(position + 1): \(problem)")
  }
}
