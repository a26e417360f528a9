import Tensors

/// How a stored tensor writes one element, by safetensors' names.
public enum ElementType: String, Sendable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  /// The upper half of a float32.
  case bfloat16 = "BF16"
  case int64 = "I64"

  /// The bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32: 4
    case .float16, .bfloat16: 2
    }
  }
}

/// A tensor to be stored: a name, a shape, and the values in row-major order.
public struct NamedTensor: Sendable, Equatable {
  /// The values in the type they are stored in.
  public enum Values: Sendable, Equatable {
    case float32([Float])
    case float64([Double])
    case int64([Int64])
  }

  /// The name, unique in its file.
  public let name: String
  /// The axes, outermost first; empty for a scalar.
  public let shape: Shape
  /// The values, `shape.elementCount` of them.
  public let values: Values

  /// A float32 tensor.
  public init(_ name: String, _ shape: Shape, _ values: [Float]) {
    self.init(name, shape, .float32(values), count: values.count)
  }

  /// A float64 tensor.
  public init(_ name: String, _ shape: Shape, _ values: [Double]) {
    self.init(name, shape, .float64(values), count: values.count)
  }

  /// A tensor of integers.
  public init(_ name: String, _ shape: Shape, _ values: [Int64]) {
    self.init(name, shape, .int64(values), count: values.count)
  }

  private init(_ name: String, _ shape: Shape, _ values: Values, count: Int) {
    precondition(count == shape.elementCount, "\(count) values for \(name) [\(shape)]")
    self.name = name
    self.shape = shape
    self.values = values
  }

  /// The type the values are stored in.
  public var elementType: ElementType {
    switch values {
    case .float32: .float32
    case .float64: .float64
    case .int64: .int64
    }
  }

  /// The length of the values in the file.
  var byteCount: Int { shape.elementCount * elementType.byteCount }

  /// Lends the values as the file holds them: little-endian, as every processor we build for.
  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
  {
    switch values {
    case .float32(let values): try values.withUnsafeBytes(body)
    case .float64(let values): try values.withUnsafeBytes(body)
    case .int64(let values): try values.withUnsafeBytes(body)
    }
  }
}
