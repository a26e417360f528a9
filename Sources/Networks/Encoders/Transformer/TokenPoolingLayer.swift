import CKernels
import Tensors

/// The rows of each sample to one vector: their mean, or the first of them. A sample without rows
/// becomes zeros.
public final class TokenPoolingLayer: Layer {
  /// What becomes of the tokens.
  public enum Kind: String, Sendable, CaseIterable {
    /// The mean of all but a class token.
    case mean
    /// The mean of all, a class token included. Padding has no rows.
    case meanAll = "mean_all"
    /// The first: a class token, which takes up what it attends to.
    case classToken = "class"
  }

  /// The shape of one sample of the output.
  public let outputShape: Shape

  /// Nothing but the rows is kept.
  public let repeatsBackward = true

  private let kind: Kind
  private let hasClassToken: Bool
  private let rows: TokenRows
  private let output: RowStorage
  private let inputGradient: RowStorage

  /// Pooling of rows of `width` numbers, the first of each sample a class token or not.
  public init(width: Int, kind: Kind, hasClassToken: Bool = false, rows: TokenRows) {
    outputShape = [width]
    self.kind = kind
    self.hasClassToken = hasClassToken
    self.rows = rows
    output = RowStorage([width])
    inputGradient = RowStorage([width])
  }

  /// The output for a batch; see `Layer`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.count == rows.rowCount && input.stride == outputShape.elementCount)
    let width = input.stride
    let output = output.rows(rows.sampleCount)
    Threads.split(rows.sampleCount, work: work(width)) { samples, _ in
      let (input, output) = (input.values, output.values)
      for sample in samples {
        let (place, mean) = (pooled(sample), output + sample * width)
        rows_column_sums(input + place.lowerBound * width, mean, place.count, width, width)
        values_scale(mean, width, 1 / Float(max(1, place.count)))
      }
    }
    return output
  }

  /// The gradients with respect to the parameters and, where it is wanted, to the input; see
  /// `Layer`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    precondition(outputGradient.count == rows.sampleCount)
    guard wantsInputGradient else { return nil }
    let width = outputGradient.stride
    let gradient = inputGradient.rows(rows.rowCount)
    if kind == .classToken || (kind == .mean && hasClassToken) { Elementwise.clear(gradient.held) }
    Threads.split(rows.sampleCount, work: 3 * work(width)) { samples, _ in
      let (gradient, outputGradient) = (gradient.values, outputGradient.values)
      for sample in samples {
        let place = pooled(sample)
        for row in place {
          (gradient + row * width).update(from: outputGradient + sample * width, count: width)
        }
        values_scale(
          gradient + place.lowerBound * width, place.count * width,
          1 / Float(max(1, place.count)))
      }
    }
    return gradient
  }

  /// The work of one sample.
  private func work(_ width: Int) -> Int { width * rows.rowCount / max(1, rows.sampleCount) }

  /// The rows of a sample that the mean runs over.
  private func pooled(_ sample: Int) -> Range<Int> {
    let place = rows[sample]
    let second = min(place.lowerBound + 1, place.upperBound)
    return switch kind {
    case .mean: hasClassToken ? second..<place.upperBound : place
    case .meanAll: place
    case .classToken: place.lowerBound..<second
    }
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    _ = output.rows(rows.sampleCount)
    if wantsInputGradient { _ = inputGradient.rows(count) }
    return rows.sampleCount
  }

  /// Takes the memory of evaluation; see `Layer`.
  public func reserve(evaluating count: Int) -> Int {
    reserve(count, wantsInputGradient: false)
  }
}
