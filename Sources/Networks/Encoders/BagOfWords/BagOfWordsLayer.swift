import CKernels
import Tensors

/// Text to one vector: the mean of the vectors of its tokens, and of those of its n-grams, which are runs
/// of neighbouring tokens. Samples are `[T]` token numbers as floats; 0 is padding and counts for nothing,
/// wherever it stands. A text of padding alone becomes zeros.
///
/// An n-gram has the vector that a hash of its tokens chooses (`BagOfWordsContents`). What is no token of
/// the vocabulary makes the sample NaN: the loss then stops the run.
public final class BagOfWordsLayer: Layer {
  /// The shape of one sample of the output.
  public let outputShape: Shape
  /// What is trained, in a fixed order.
  public var parameters: [Parameter] { [vectors] }
  /// `[vocabulary + buckets, width]`: the tokens' vectors, then those that n-grams share.
  public let vectors: Parameter

  /// What the texts consist of lasts.
  public let repeatsBackward = true

  private let width: Int
  private let contents: BagOfWordsContents
  private let output: RowStorage
  private let scaled: RowStorage
  private let inputGradient: RowStorage

  /// A mean of vectors of `width` numbers, of `vocabulary` tokens.
  ///
  /// - Parameters:
  ///   - length: the longest text.
  ///   - longestGram: the longest run of neighbours that has a vector; 1: there are only tokens.
  ///   - buckets: the number of vectors that runs share.
  public init(
    length: Int, vocabulary: Int, width: Int, longestGram: Int = 1, buckets: Int = 0
  ) {
    precondition(length > 0 && vocabulary > 0 && width > 0)
    precondition(longestGram == 1 || buckets > 0, "n-grams need buckets")
    self.width = width
    outputShape = [width]
    contents = BagOfWordsContents(
      length: length, vocabulary: vocabulary, longestGram: longestGram, buckets: buckets)
    // As in fastText: so small that what training never saw has next to no say.
    vectors = Parameter(
      "vectors", [contents.rowCount, width], .normal(deviation: 1 / Float(width)))
    output = RowStorage([width])
    scaled = RowStorage([width])
    inputGradient = RowStorage([length])
  }

  /// The output for a batch; see `Layer`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    contents.read(input)
    let output = output.rows(input.count)
    Threads.split(input.count, work: 3 * width * contents.longest) { samples, _ in
      for sample in samples { write(sample, to: output.values + sample * width) }
    }
    return output
  }

  private func write(_ sample: Int, to mean: UnsafeMutablePointer<Float>) {
    mean.update(repeating: contents.isSound(sample) ? 0 : .nan, count: width)
    let rows = contents[sample]
    for row in rows { values_add(mean, vectors.value + Int(row) * width, width) }
    values_scale(mean, width, 1 / Float(max(1, rows.count)))
  }

  /// The gradient with respect to the input is zero: token numbers cannot move.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    let count = contents.sampleCount
    precondition(outputGradient.count == count && outputGradient.stride == width)
    Elementwise.clear(vectors.gradients)
    let scaled = scaled.rows(count)
    scaled.values.update(from: outputGradient.values, count: count * width)
    for sample in 0..<count {
      values_scale(
        scaled.values + sample * width, width, 1 / Float(max(1, contents[sample].count)))
    }
    // Samples with one token in common add to one vector: so threads share the columns.
    Threads.split(width, grain: Elementwise.grain, work: 3 * contents.count) { columns, _ in
      let first = columns.lowerBound
      for sample in 0..<count {
        let gradient = scaled.values + sample * width + first
        for row in contents[sample] {
          values_add(vectors.gradient + Int(row) * width + first, gradient, columns.count)
        }
      }
    }
    guard wantsInputGradient else { return nil }
    let zeros = inputGradient.rows(count)
    Elementwise.clear(zeros.held)
    return zeros
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    _ = output.rows(count)
    _ = scaled.rows(count)
    if wantsInputGradient { _ = inputGradient.rows(count) }
    return count
  }

  /// Takes the memory of evaluation; see `Layer`.
  public func reserve(evaluating count: Int) -> Int {
    _ = output.rows(count)
    return count
  }

  /// Rows of the table; back, the whole table is written, because most of its gradient is zero.
  public func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart]
  {
    let read = contents.count * width
    return [
      LayerPart(
        .pass(
          forward: input.elementCount + read + output.elementCount,
          backward: output.elementCount + read + vectors.shape.elementCount, keptFloats: 0))
    ]
  }
}
