/// One thing that a run must not forget, by name: a network's weights, an optimizer's velocities, a
/// projector's matrix, the state of a generator, a counter.
///
/// Whoever remembers something lists it, and whoever contains others puts a name in front of theirs.
/// Saving, restoring, digests and comparisons are walks over such a list. It is made anew each time it
/// is asked for; a state speaks of the memory that its owner had then.
public struct NamedState {
  /// The type of a state's elements. The names are those of safetensors.
  public enum Element: String, Sendable {
    case float32 = "F32"
    case float64 = "F64"
    case integer = "I64"
  }

  /// The name, unique in its list: `encoder.conv1.weight`.
  public private(set) var name: String
  /// The axes, outermost first; empty for a single number.
  public let shape: Shape
  /// What the elements are.
  public var element: Element {
    switch memory {
    case .floats: .float32
    case .doubles: .float64
    case .integers: .integer
    }
  }

  private enum Memory {
    case floats(Place<Float>)
    case doubles(Place<Double>)
    case integers(Place<Int64>)
  }

  /// How the values are looked at and replaced.
  struct Place<Value: BitwiseCopyable> {
    /// The values as they are now.
    let values: () -> Buffer<Value>
    /// Takes as many values as a shape has.
    let replace: (Buffer<Value>) -> Void
    /// Whether the owner can take values of this shape.
    let accepts: (Shape) -> Bool
  }

  private let memory: Memory
}

// MARK: - Listing

extension NamedState {
  /// Float32 values that stay where they are.
  public init(_ name: String, _ shape: Shape, _ values: Buffer<Float>) {
    self.init(name, shape, .floats(Place(shape, values)))
  }

  /// Float64 values that stay where they are.
  public init(_ name: String, _ shape: Shape, _ values: Buffer<Double>) {
    self.init(name, shape, .doubles(Place(shape, values)))
  }

  /// Float64 values whose number changes as training goes on.
  ///
  /// - Parameters:
  ///   - accepts: whether the owner can have values of a shape.
  ///   - make: memory for values of such a shape, which the owner takes as its own from now on.
  public init(
    _ name: String, _ shape: Shape, _ values: Buffer<Double>, accepts: @escaping (Shape) -> Bool,
    make: @escaping (_ count: Int) -> Buffer<Double>
  ) {
    self.init(
      name, shape,
      .doubles(
        Place(
          values: { values }, replace: { make($0.count).update(from: $0) }, accepts: accepts)))
  }

  /// Some float64 numbers that the owner keeps as it likes.
  public init(
    _ name: String, numbers: [Double], replace: @escaping ([Double]) -> Void
  ) {
    let shape = Shape([numbers.count])
    self.init(
      name, shape,
      .doubles(
        Place(
          values: { Buffer(numbers) }, replace: { replace($0.array) }, accepts: { $0 == shape })))
  }

  /// Some whole numbers that the owner keeps as it likes.
  public init(
    _ name: String, integers: [Int64], replace: @escaping ([Int64]) -> Void
  ) {
    let shape = Shape([integers.count])
    self.init(
      name, shape,
      .integers(
        Place(
          values: { Buffer(integers) }, replace: { replace($0.array) }, accepts: { $0 == shape })))
  }

  private init(_ name: String, _ shape: Shape, _ memory: Memory) {
    self.name = name
    self.shape = shape
    self.memory = memory
  }

  /// The same under a longer name: `encoder.` in front of `conv1.weight`.
  public func named(in container: String) -> NamedState {
    var copy = self
    copy.name = container + name
    return copy
  }
}

extension Sequence<NamedState> {
  /// All of them with `container` in front of their names.
  public func named(in container: String) -> [NamedState] { map { $0.named(in: container) } }
}

extension NamedState.Place {
  fileprivate init(_ shape: Shape, _ values: Buffer<Value>) {
    precondition(values.count == shape.elementCount, "\(values.count) values of shape \(shape)")
    self.init(
      values: { values }, replace: { values.update(from: $0) }, accepts: { $0 == shape })
  }
}

// MARK: - Looking and restoring

extension NamedState {
  /// Lends the bytes of the values, as they lie in memory, to `body`.
  public func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
    switch memory {
    case .floats(let place): try place.values().withSpan { try body($0.bytes) }
    case .doubles(let place): try place.values().withSpan { try body($0.bytes) }
    case .integers(let place): try place.values().withSpan { try body($0.bytes) }
    }
  }

  /// Whether the owner can take values of this shape: most can take their own alone.
  public func accepts(_ shape: Shape) -> Bool {
    switch memory {
    case .floats(let place): place.accepts(shape)
    case .doubles(let place): place.accepts(shape)
    case .integers(let place): place.accepts(shape)
    }
  }

  /// A copy of float32 values; nil if they are others.
  public var floats: [Float]? {
    if case .floats(let place) = memory { place.values().array } else { nil }
  }

  /// A copy of float64 values; nil if they are others.
  public var doubles: [Double]? {
    if case .doubles(let place) = memory { place.values().array } else { nil }
  }

  /// A copy of whole numbers; nil if they are others.
  public var integers: [Int64]? {
    if case .integers(let place) = memory { place.values().array } else { nil }
  }

  /// Takes values of an accepted shape.
  ///
  /// - Precondition: the state is of float32 elements, and has accepted their shape.
  public func restore(_ values: [Float]) {
    guard case .floats(let place) = memory else { preconditionFailure("\(name) is no float32") }
    place.replace(Buffer(values))
  }

  /// Takes values of an accepted shape.
  ///
  /// - Precondition: the state is of float64 elements, and has accepted their shape.
  public func restore(_ values: [Double]) {
    guard case .doubles(let place) = memory else { preconditionFailure("\(name) is no float64") }
    place.replace(Buffer(values))
  }

  /// Takes values of an accepted shape.
  ///
  /// - Precondition: the state is of whole numbers, and has accepted their shape.
  public func restore(_ values: [Int64]) {
    guard case .integers(let place) = memory else { preconditionFailure("\(name) is no integer") }
    place.replace(Buffer(values))
  }
}
