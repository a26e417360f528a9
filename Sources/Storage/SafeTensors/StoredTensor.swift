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
    try checkType(for: .float32)
    return switch elementType {
    case .float16: elements { Float(Float16(bitPattern: $0)) }
    case .bfloat16: elements { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    default: elements { Float(bitPattern: $0) }
    }
  }

  /// The values as float64: exact from every type of floats, and refused from integers.
  public func doubles() throws -> [Double] {
    try checkType(for: .float64)
    return elementType == .float64
      ? elements { Double(bitPattern: $0) } : try floats().map(Double.init)
  }

  /// The values as integers: from I64 alone.
  public func integers() throws -> [Int64] {
    try checkType(for: .integer)
    return elements { Int64(bitPattern: $0) }
  }

  /// Throws where the values cannot become such elements without a loss.
  func checkType(for element: NamedState.Element) throws {
    let (types, expected): ([ElementType], String) =
      switch element {
      case .float32: ([.float32, .float16, .bfloat16], "F32, F16 or BF16")
      case .float64: ([.float64, .float32, .float16, .bfloat16], "F64, F32, F16 or BF16")
      case .integer: ([.int64], "I64")
      }
    guard types.contains(elementType) else {
      throw FileError(
        place, "tensor \(quoted(name)) has the type \(elementType.rawValue), expected \(expected)")
    }
  }

  /// Tensors stand at any byte, so each element is loaded unaligned.
  private func elements<Bits: FixedWidthInteger & BitwiseCopyable, Value>(
    _ value: (Bits) -> Value
  ) -> [Value] {
    let bytes = bytes.span.bytes
    return [Value](capacity: shape.elementCount) { values in
      for index in 0..<shape.elementCount {
        let bits = bytes.unsafeLoadUnaligned(
          fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
        values.append(value(Bits(littleEndian: bits)))
      }
    }
  }
}
