import Tensors

/// What the leader of a group has found before the others open their data, so that all have the same rows
/// and the same encoder.
public struct Footing: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.footing

  /// What is known of weights that the encoder begins with: names with their values.
  public var weights: [String: String]
  /// The paths of listed files that are left out.
  public var leftOut: [String]

  /// A footing, or none yet.
  public init(weights: [String: String] = [:], leftOut: [String] = []) {
    (self.weights, self.leftOut) = (weights, leftOut)
  }

  /// The names of what is known of the weights, what it is, then the files.
  public mutating func layout(_ fields: Fields) throws {
    var names = weights.keys.sorted()
    var values = names.map { weights[$0] ?? "" }
    try fields.field(&names)
    try fields.field(&values)
    try fields.require(names.count == values.count)
    weights = Dictionary(zip(names, values)) { first, _ in first }
    try fields.field(&leftOut)
  }
}

/// Things that the ranks of a group must know alike, such as weights that were restored by one of them.
public struct GroupState: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.groupState

  private let states: [NamedState]

  /// A message of these states, or into them: sender and receiver list the same.
  public init(_ states: [NamedState]) { self.states = states }

  /// The values of one state after the other.
  public mutating func layout(_ fields: Fields) throws {
    for state in states {
      switch state.element {
      case .float32: try Self.layout(state, Float.self, fields)
      case .float64: try Self.layout(state, Double.self, fields)
      case .integer: try Self.layout(state, Int64.self, fields)
      }
    }
  }

  private static func layout<T: StateElement>(
    _ state: NamedState, _ type: T.Type, _ fields: Fields
  ) throws {
    var values = fields.isReading ? [] : state.values(of: T.self) ?? []
    try fields.field(&values)
    guard fields.isReading else { return }
    try fields.require(values.count == state.shape.elementCount)
    state.restore(values)
  }
}

/// The features of a rank's samples of a mini-batch, for the leader of its group.
public struct ReplicaFeatures: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.replicaFeatures

  /// `[rows, D]`, row-major.
  public let values: Buffer<Float>
  /// The first number of these samples that is infinite or not a number.
  public var oddInput: OddInput?

  /// A number of an input that is not finite.
  public struct OddInput: Sendable, Equatable {
    /// The sample's place in the mini-batch, from 0.
    public var place: Int
    /// The number's place in the sample, from 0.
    public var element: Int
    /// The number, in words.
    public var value: String

    /// A number with its places.
    public init(place: Int, element: Int, value: String) {
      (self.place, self.element, self.value) = (place, element, value)
    }
  }

  /// A message from these values, or into them.
  public init(_ values: Buffer<Float>, oddInput: OddInput? = nil) {
    (self.values, self.oddInput) = (values, oddInput)
  }

  /// The values, then what is odd about the input.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(values)
    var isOdd = oddInput != nil
    try fields.field(&isOdd)
    guard isOdd else { return }
    var odd = oddInput ?? OddInput(place: 0, element: 0, value: "")
    try fields.field(&odd.place)
    try fields.field(&odd.element)
    try fields.field(&odd.value)
    try fields.require(odd.place >= 0 && odd.element >= 0)
    oddInput = odd
  }
}

/// What becomes of a mini-batch, or what follows it: the leader's word to the others of its group.
public struct GroupWord: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.groupWord

  /// What the ranks do.
  public enum Deed: Int, Sendable {
    /// A step along the gradient with respect to the features.
    case step
    /// A step without a gradient: decay and momentum alone.
    case drift
    /// The next mini-batch.
    case next
  }

  /// What is to be done.
  public var deed: Deed
  /// The learning rate of a step.
  public var learningRate: Double
  /// The gradient with respect to the features of the receiver's samples, `[rows, D]`; only of `step`.
  public let gradient: Buffer<Float>

  /// A word with its gradient, or what one is read into.
  public init(_ deed: Deed, learningRate: Double = 0, gradient: Buffer<Float>) {
    (self.deed, self.learningRate, self.gradient) = (deed, learningRate, gradient)
  }

  /// The deed, its learning rate, the gradient.
  public mutating func layout(_ fields: Fields) throws {
    var code = deed.rawValue
    try fields.field(&code)
    try fields.require(Deed(rawValue: code) != nil)
    deed = Deed(rawValue: code) ?? .next
    try fields.field(&learningRate)
    if deed == .step { try fields.field(gradient) }
  }
}
