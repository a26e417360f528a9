import Tensors

/// A tensor of a file that was checked: a view of the file's bytes, converted on demand.
public struct StoredTensor: Sendable {
  /// The name in the file.
  public let name: String
  /// The type in the file.
  public let elementType: ElementType
  /// The axes, outermost first.
  public let shape: Shape
  let bytes: ArraySlice<UInt8>
  let place: String

  /// The values as float32: exact from F32, F16 and BF16, and refused from others.
  public func floats() throws -> [Float] {
    switch elementType {
    case .float32: elements(of: UInt32.self) { Float(bitPattern: $0) }
    case .float16: elements(of: UInt16.self) { Float(Float16(bitPattern: $0)) }
    case .bfloat16: elements(of: UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .float64, .int64: throw refusal("F32, F16 or BF16")
    }
  }

  /// The values as float64: exact from every type of floats, and refused from integers.
  public func doubles() throws -> [Double] {
    switch elementType {
    case .float64: elements(of: UInt64.self) { Double(bitPattern: $0) }
    case .float32, .float16, .bfloat16: try floats().map(Double.init)
    case .int64: throw refusal("F64, F32, F16 or BF16")
    }
  }

  /// The values as integers: from I64 alone.
  public func integers() throws -> [Int64] {
    guard elementType == .int64 else { throw refusal("I64") }
    return elements(of: UInt64.self) { Int64(bitPattern: $0) }
  }

  /// Tensors stand at any byte, so each element is loaded unaligned.
  private func elements<Bits: FixedWidthInteger, Value>(
    of type: Bits.Type, _ value: (Bits) -> Value
  ) -> [Value] {
    bytes.withUnsafeBytes { bytes in
      [Value](unsafeUninitializedCapacity: shape.elementCount) { values, count in
        for index in 0..<shape.elementCount {
          let bits = bytes.loadUnaligned(
            fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
          values.initializeElement(at: index, to: value(Bits(littleEndian: bits)))
        }
        count = shape.elementCount
      }
    }
  }

  private func refusal(_ expected: String) -> StorageError {
    StorageError(
      place, "tensor \(quoted(name)) has the type \(elementType.rawValue), expected \(expected)")
  }
}
