/// Options of `mlp`. `hidden: []` and `finalReLU: false` is a linear map.
public struct MLPOptions: Sendable, Equatable {
  /// The widths between input and features.
  public var hidden: [Int] = [64]
  /// Whether the features pass a ReLU.
  public var finalReLU = true

  /// The defaults.
  public init() {}
}
