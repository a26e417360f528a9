import Tensors

/// The memory that the blocks of one transformer use in turn, and what they share else.
///
/// Gradients lie in two places by turns: a block reads the one and writes the other.
public final class BlockWorkspace {
  /// The rows of the batch.
  public let rows: TokenRows
  /// The sizes that the blocks have in common.
  public let options: TransformerBlockLayer.Options

  /// At least so many rows are evaluated at a time: enough for fast matrix products.
  private static let evaluatedRows = 1_024

  let product: ScaledDotProduct
  let zeros: Tensor
  /// Norms, and attention before its projection.
  let narrow: RowStorage
  /// A branch before it is added.
  let branch: RowStorage
  /// The hidden layer; queries, keys and values.
  let wide: RowStorage
  /// The gradient of a branch where dropout makes it differ.
  let noisy: RowStorage
  private let gradients: (RowStorage, RowStorage)
  /// Whether blocks read the one and write the other: more than one after the other.
  private let takesTurns: Bool

  /// Memory for blocks with `options` over `rows`; it grows with the batches.
  ///
  /// - Parameter chain: the most blocks one after the other that hold no output of their own.
  public init(_ options: TransformerBlockLayer.Options, rows: TokenRows, chain: Int = 2) {
    takesTurns = chain > 1
    self.options = options
    self.rows = rows
    let width = options.width
    product = ScaledDotProduct(width: width, heads: options.heads)
    zeros = Tensor([width], capacity: 1)
    narrow = RowStorage([width])
    branch = RowStorage([width])
    wide = RowStorage([max(3 * width, options.hidden)])
    noisy = RowStorage([width])
    gradients = (RowStorage([width]), RowStorage([width]))
  }

  /// The gradient on its way through attention: the branch's place, which is free then.
  var passed: RowStorage { branch }

  /// Room for a gradient that is not where `other` is.
  func gradient(notAt other: Tensor, rows count: Int) -> Tensor {
    let isFirst = gradients.0.tensor.values == other.values
    return (isFirst ? gradients.1 : gradients.0).rows(count)
  }

  /// Room for a block's output in evaluation, not where its input is.
  func evaluated(for input: Tensor) -> Tensor {
    gradient(notAt: input, rows: input.count)
  }

  /// The samples in groups of about `evaluatedRows` rows.
  var chunks: [Range<Int>] {
    var chunks: [Range<Int>] = []
    var first = 0
    for sample in 0..<rows.sampleCount {
      let count = rows[sample].upperBound - rows[first].lowerBound
      guard count >= Self.evaluatedRows || sample == rows.sampleCount - 1 else { continue }
      chunks.append(first..<sample + 1)
      first = sample + 1
    }
    return chunks
  }

  /// Takes the memory of evaluation, which a block that holds its output need not be given a place for.
  ///
  /// - Returns: the most rows that are evaluated at a time.
  func reserveEvaluation(_ count: Int, holdsOutput: Bool) -> Int {
    var largest = 0
    for samples in chunks {
      let rowCount = rows[samples.upperBound - 1].upperBound - rows[samples.lowerBound].lowerBound
      for storage in [narrow, branch, wide] { _ = storage.rows(rowCount) }
      product.reserveForward(rows, samples)
      largest = max(largest, rowCount)
    }
    if !holdsOutput { reserveGradients(count) }
    return largest
  }

  private func reserveGradients(_ count: Int) {
    _ = gradients.0.rows(count)
    if takesTurns { _ = gradients.1.rows(count) }
  }

  /// Takes the memory of all passes over `count` rows.
  func reserve(_ count: Int, isNoisy: Bool) {
    product.reserve(rows)
    for storage in [narrow, branch, wide] + (isNoisy ? [noisy] : []) { _ = storage.rows(count) }
    reserveGradients(count)
  }
}
