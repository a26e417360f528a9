import Tensors

/// Where the tokens of each sample of a batch stand among its rows.
///
/// The layers of a transformer see a batch as rows, one a token, sample after sample, **without the
/// padding**: rows that do not exist cost nothing and need no mask. The embedding says how many
/// tokens each sample has; attention and pooling ask.
public final class TokenRows {
  /// The first row of each sample, and the number of all rows after the last.
  private var starts: [Int] = [0]

  /// No samples; room for `capacity` of them.
  public init(capacity: Int) {
    starts.reserveCapacity(capacity + 1)
  }

  /// The number of samples.
  public var sampleCount: Int { starts.count - 1 }
  /// The number of rows of all samples.
  public var rowCount: Int { starts[sampleCount] }

  /// The rows of one sample; a sample may have none.
  public subscript(sample: Int) -> Range<Int> { starts[sample]..<starts[sample + 1] }

  /// Forgets all samples.
  public func removeAll() {
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
  }

  /// Adds a sample of so many tokens.
  public func append(tokens: Int) {
    starts.append(rowCount + tokens)
  }
}
