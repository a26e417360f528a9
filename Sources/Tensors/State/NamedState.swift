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
  /// The axes, outermost first.
  public let shape: Shape
  /// What the elements are.
  public let element: Element
  private let place: any StatePlace

  private init<T: StateElement>(_ name: String, _ shape: Shape, _ place: Place<T>) {
    precondition(place.values.count == shape.elementCount, "\(name) is not of shape \(shape)")
    self.name = name
    self.shape = shape
    self.place = place
    element = T.element
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

/// What a state can be made of.
public protocol StateElement: BitwiseCopyable {
  /// Its name among the elements.
  static var element: NamedState.Element { get }
}

extension Float: StateElement {
  /// F32.
  public static var element: NamedState.Element { .float32 }
}

extension Double: StateElement {
  /// F64.
  public static var element: NamedState.Element { .float64 }
}

extension Int64: StateElement {
  /// I64.
  public static var element: NamedState.Element { .integer }
}

// MARK: - Listing

extension NamedState {
  /// Values that stay where they are.
  public init<T: StateElement>(_ name: String, _ shape: Shape, _ values: Buffer<T>) {
    self.init(name, shape, Place(values, accepts: { $0 == shape }) { values.update(from: $0) })
  }

  /// Values whose number changes as training goes on.
  ///
  /// - Parameters:
  ///   - accepts: whether the owner can have values of a shape.
  ///   - make: memory for so many values, which the owner takes as its own from now on.
  public init<T: StateElement>(
    _ name: String, _ shape: Shape, _ values: Buffer<T>, accepts: @escaping (Shape) -> Bool,
    make: @escaping (_ count: Int) -> Buffer<T>
  ) {
    self.init(name, shape, Place(values, accepts: accepts) { make($0.count).update(from: $0) })
  }

  /// Some numbers that the owner keeps as it likes; `isList` where their number changes.
  public init<T: StateElement>(
    _ name: String, _ values: [T], isList: Bool = false, replace: @escaping ([T]) -> Void
  ) {
    let shape = Shape([values.count])
    self.init(
      name, shape,
      Place(Buffer(values), accepts: { isList ? $0.rank == 1 : $0 == shape }) { replace($0) })
  }
}

// MARK: - Looking and restoring

extension NamedState {
  /// Lends the bytes of the values, as they lie in memory, to `body`.
  public func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
    try place.withBytes(body)
  }

  /// A copy of the bytes of the values, as they lie in memory.
  public var bytes: [UInt8] { withBytes { $0.withUnsafeBytes { Array($0) } } }

  /// The same with a copy of the values that nobody changes: what the owner does next is not seen.
  public func copy() -> NamedState { place.copy(name, shape) }

  /// Whether the owner can take values of this shape: most can take their own alone.
  public func accepts(_ shape: Shape) -> Bool { place.accepts(shape) }

  /// A copy of the values; nil if their elements are others.
  public func values<T: StateElement>(of type: T.Type = T.self) -> [T]? {
    (place as? Place<T>)?.values.array
  }

  /// Takes values of an accepted shape.
  ///
  /// - Precondition: they are of the state's elements, and their shape is accepted.
  public func restore<T: StateElement>(_ values: [T]) {
    guard let place = place as? Place<T> else { preconditionFailure("\(name) is \(element)") }
    place.replace(values)
  }
}

private protocol StatePlace {
  var accepts: (Shape) -> Bool { get }
  func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R
  func copy(_ name: String, _ shape: Shape) -> NamedState
}

/// How the values of a state are looked at and replaced.
private struct Place<T: StateElement>: StatePlace {
  let values: Buffer<T>
  let accepts: (Shape) -> Bool
  let replace: ([T]) -> Void

  init(
    _ values: Buffer<T>, accepts: @escaping (Shape) -> Bool, replace: @escaping ([T]) -> Void
  ) {
    (self.values, self.accepts, self.replace) = (values, accepts, replace)
  }

  func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
    try values.withSpan { try body($0.bytes) }
  }

  func copy(_ name: String, _ shape: Shape) -> NamedState {
    let copy = Buffer<T>(values.count)
    copy.update(from: values)
    return NamedState(name, shape, copy)
  }
}
