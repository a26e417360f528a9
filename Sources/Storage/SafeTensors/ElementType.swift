import Tensors

/// How a stored tensor writes one element, by safetensors' names.
public enum ElementType: String, Sendable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  /// The upper half of a float32.
  case bfloat16 = "BF16"
  case int64 = "I64"

  /// What the values of a state are stored as.
  init(of state: NamedState) {
    switch state.element {
    case .float32: self = .float32
    case .float64: self = .float64
    case .integer: self = .int64
    }
  }

  /// The bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32: 4
    case .float16, .bfloat16: 2
    }
  }
}
