import Tensors

@testable import Storage

extension SafeTensors {
  /// The bytes of a file with `states`.
  static func encode(
    _ states: some Sequence<NamedState>, metadata: [String: String] = [:]
  ) -> [UInt8] {
    states.reduce(into: header(of: states, metadata: metadata)) { bytes, state in
      bytes += state.bytes
    }
  }
}

extension SHA256 {
  /// The digest of `bytes` as 64 lower-case hexadecimal digits.
  static func hex(of bytes: some Sequence<UInt8>) -> String {
    var digest = SHA256()
    digest.update(bytes)
    return digest.hex
  }
}

extension TensorFile {
  /// Reads the `bytes` of a file that messages call `place`.
  init(_ bytes: [UInt8], place: String) throws {
    var rest = bytes[...]
    try self.init(byteCount: bytes.count, place: place) { count in
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
  }
}
