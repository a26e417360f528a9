import Tensors

/// The safetensors format (huggingface/safetensors): named tensors and nothing that could run.
///
///     8 bytes      the header's length, little-endian
///     header       JSON: {"__metadata__": {…}, name: {"dtype", "shape", "data_offsets"}, …}
///     data         the tensors, one after another, offsets counted from the end of the header
///
/// What is written is a function of the arguments alone: tensors in the order given, metadata
/// sorted by key, the header padded with blanks so that the data begins on 8 bytes.
public enum SafeTensors {
  /// The header's key that is not a tensor.
  static let metadataKey = "__metadata__"

  /// Stores the values that `states` have now under `path`, whole or not at all (see `AtomicFile`).
  ///
  /// `states` are gone through twice, and nothing is kept of one when the next is taken, so that a
  /// lazy sequence needs memory for one of them.
  ///
  /// - Parameter note: told all bytes of the file, in their order.
  public static func write(
    _ states: some Sequence<NamedState>, metadata: [String: String] = [:], to path: String,
    noting note: (RawSpan) throws -> Void = { _ in }
  ) throws {
    try AtomicFile.write(to: path) { write in
      func append(_ bytes: RawSpan) throws {
        try write(bytes)
        try note(bytes)
      }
      let header = header(of: states, metadata: metadata)
      try append(header.span.bytes)
      // As they lie in memory: little-endian, as every processor that we build for.
      for state in states { try state.withBytes(append) }
    }
  }

  /// All that stands before the data: the length, the JSON, the padding.
  static func header(
    of states: some Sequence<NamedState>, metadata: [String: String]
  ) -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      let text = pairs.map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ",")
      fields.append("\"\(metadataKey)\":{\(text)}")
    }
    var names: Set<String> = [metadataKey]
    var offset = 0
    for state in states {
      precondition(names.insert(state.name).inserted, "two states named \(state.name)")
      let shape = state.shape.dimensions.map(String.init).joined(separator: ",")
      let type = ElementType(of: state)
      let end = offset + state.shape.elementCount * type.byteCount
      fields.append(
        "\(json(state.name)):{\"dtype\":\"\(type.rawValue)\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array("{\(fields.joined(separator: ","))}".utf8)
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
  }

  /// A JSON string.
  private static func json(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
