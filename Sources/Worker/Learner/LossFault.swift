import Storage

/// Why a loss is not finite, as far as a worker can tell.
public enum LossFault: Sendable, Equatable, CustomStringConvertible {
  /// A sample of a mini-batch, as people find it.
  public struct Sample: Sendable, Equatable, CustomStringConvertible {
    /// The place in the mini-batch, from 0.
    public var place: Int
    /// The id, which the manifest has.
    public var id: String

    /// Place, counted from 1, and id.
    public var description: String {
      "sample \(place + 1) of the mini-batch (id '\(id.legible())')"
    }
  }

  /// A sample's input holds `value` at the place `element`, counted from 0.
  case input(Sample, element: Int, value: String)
  /// Input and weights are finite; these outputs of a sample are not, while those of most are.
  case output(String, Sample, failing: Int, of: Int)
  /// Training has diverged, as these numbers show.
  case divergence(String)

  /// The cause and what to do, for the end of a sentence.
  public var description: String {
    switch self {
    case .input(let sample, let element, let value):
      "\(sample) has \(value) as value \(element) of its input; look at that sample's data, and at how they are read and standardised"
    case .output(let outputs, let sample, let failing, let count):
      "the \(outputs) of \(sample) are not finite, as those of \(failing) in \(count) samples, though inputs and weights are; look whether that sample is far out of range, standardise the data, or lower optimizer.lr"
    case .divergence(let numbers):
      "\(numbers) not finite, so training has diverged; lower optimizer.lr, or standardise the data"
    }
  }
}
