import Networks
import Tensors

/// An encoder's arrays as another library stores them: the way back of reading weights, by the same rules.
public struct ForeignLayout {
  /// The tensors under the library's names, in its layouts.
  public let tensors: [NamedState]
  /// The arrays that no file of the format has, such as the linear map to the features.
  public let rest: [NamedState]

  /// The arrays of an encoder by the rules of a format, which it need not have all settings of: what is
  /// named is stored, and what the format does not name is the rest.
  ///
  /// - Parameters:
  ///   - arrays: those of `Encoder.weights`.
  ///   - architecture: with all sizes written out.
  ///   - inputShape: of one sample.
  public init(
    _ arrays: [NamedState], of architecture: EncoderArchitecture, inputShape: Shape,
    as format: PretrainedFormat
  ) {
    let rules = format.rules
    let recipes = rules.recipes(
      for: architecture, from: NamedTensors(), inputShape: inputShape, PretrainedOptions())
    let byTarget = Dictionary(uniqueKeysWithValues: recipes.map { ($0.target, $0) })
    var (tensors, rest) = ([NamedState](), [NamedState]())
    for array in arrays {
      guard let recipe = byTarget[array.name], let values = array.values(of: Float.self),
        let parts = recipe.unmake(values)
      else {
        rest.append(array)
        continue
      }
      for (name, (axes, part)) in zip(recipe.sources, zip(recipe.shapes(array.shape), parts)) {
        let ones = max(0, (rules.rank(of: name) ?? axes.count) - axes.count)
        let shape = Shape([Int](repeating: 1, count: ones) + axes)
        tensors.append(NamedState(name, shape, Buffer(part)))
      }
    }
    (self.tensors, self.rest) = (tensors, rest)
  }
}
