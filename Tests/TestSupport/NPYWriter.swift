import Foundation

/// Writes `.npy` files, version 1.0, C order, little-endian: byte for byte as `numpy.save` does.
public enum NPYWriter {
  /// The bytes of a float32 array.
  public static func bytes(_ values: [Float], shape: [Int]) -> [UInt8] {
    bytes(values, descr: "<f4", shape: shape)
  }

  /// The bytes of a float64 array.
  public static func bytes(_ values: [Double], shape: [Int]) -> [UInt8] {
    bytes(values, descr: "<f8", shape: shape)
  }

  /// The bytes of an int32 array.
  public static func bytes(_ values: [Int32], shape: [Int]) -> [UInt8] {
    bytes(values, descr: "<i4", shape: shape)
  }

  /// Writes the bytes of a file, replacing what is at `path`.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  private static func bytes<Value: BitwiseCopyable>(
    _ values: [Value], descr: String, shape: [Int]
  ) -> [UInt8] {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values as \(shape)")
    let lengths = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let literal = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(lengths)), }"
    // Magic, version and length take 10 bytes; the values begin at a multiple of 64.
    let padding = 63 - (10 + literal.utf8.count) % 64
    let header = Array(literal.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: padding) + [10]
    let length = UInt16(header.count)
    let start = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
    return start + header + values.withUnsafeBytes { Array($0) }
  }
}
