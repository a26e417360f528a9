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

  /// Stores `tensors` under `path`, whole or not at all (see `AtomicFile`).
  ///
  /// `tensors` are gone through twice, and nothing is kept of one when the next is taken, so that a
  /// lazy sequence needs memory for one of them. `observing` sees every byte in order, such as a
  /// digest does.
  public static func write(
    _ tensors: some Sequence<NamedTensor>, metadata: [String: String] = [:], to path: String,
    observing: (UnsafeRawBufferPointer) -> Void = { _ in }
  ) throws {
    try AtomicFile.write(to: path) { append in
      try header(of: tensors, metadata: metadata).withUnsafeBytes {
        observing($0)
        try append($0)
      }
      for tensor in tensors {
        try tensor.withUnsafeBytes {
          observing($0)
          try append($0)
        }
      }
    }
  }

  /// The bytes of a file with `tensors`.
  public static func encode(
    _ tensors: some Sequence<NamedTensor>, metadata: [String: String] = [:]
  ) -> [UInt8] {
    tensors.reduce(into: header(of: tensors, metadata: metadata)) { bytes, tensor in
      tensor.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
  }

  /// All that stands before the data: the length, the JSON, the padding.
  private static func header(
    of tensors: some Sequence<NamedTensor>, metadata: [String: String]
  ) -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      let text = pairs.map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ",")
      fields.append("\"\(metadataKey)\":{\(text)}")
    }
    var names: Set<String> = [metadataKey]
    var offset = 0
    for tensor in tensors {
      precondition(names.insert(tensor.name).inserted, "two tensors named \(tensor.name)")
      let shape = tensor.shape.dimensions.map(String.init).joined(separator: ",")
      let end = offset + tensor.byteCount
      fields.append(
        "\(json(tensor.name)):{\"dtype\":\"\(tensor.elementType.rawValue)\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array("{\(fields.joined(separator: ","))}".utf8)
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    return withUnsafeBytes(of: UInt64(text.count).littleEndian, Array.init) + text
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
