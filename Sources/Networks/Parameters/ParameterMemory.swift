import Tensors

/// Where the large arrays of a network are that training moves: by default in memory of their own.
///
/// Several encoders over the same values are replicas of one network, in one process or over a window
/// that several processes map. Each function is given a number of floats.
public struct ParameterMemory {
  /// Makes the memory of a store's values.
  public var values: (Int) -> Buffer<Float>
  /// Makes the memory of its gradients.
  public var gradients: (Int) -> Buffer<Float>
  /// Makes each array that an optimizer remembers, such as velocities.
  public var states: (Int) -> Buffer<Float>

  /// Memory that these functions make.
  public init(
    values: @escaping (Int) -> Buffer<Float> = { Buffer($0) },
    gradients: @escaping (Int) -> Buffer<Float> = { Buffer($0) },
    states: @escaping (Int) -> Buffer<Float> = { Buffer($0) }
  ) {
    (self.values, self.gradients, self.states) = (values, gradients, states)
  }

  /// Memory of a network's own, all zero.
  public static var own: ParameterMemory { ParameterMemory() }
}
