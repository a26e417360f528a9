import CKernels
import Tensors

/// Text to rows: each token's vector plus that of its place. Samples are `[T]` token numbers as
/// floats; 0 is padding and gets no row, wherever it stands, so that a text of padding alone has
/// none.
///
/// What is no token of the vocabulary becomes a row of NaN: the loss then stops the run.
public final class TokenEmbeddingLayer: Layer {
  /// The shape of one sample of the output.
  public let outputShape: Shape
  /// What is trained, in a fixed order.
  public var parameters: [Parameter] {
    [tokens] + [positions.parameter, classToken].compactMap { $0 }
  }
  /// `[vocabulary, width]`.
  public let tokens: Parameter
  /// `[width]`: the first row of every sample, where there is one.
  public let classToken: Parameter?

  private let length: Int
  private let vocabulary: Int
  private let width: Int
  private let rows: TokenRows
  private let positions: Positions
  private let output: RowStorage
  private let inputGradient: RowStorage
  /// Of each row of the last batch: token and place; -1 and 0 for a class token.
  private var contents: [(token: Int32, place: Int32)] = []
  private var sampleCount = 0

  /// An embedding of texts of at most `length` tokens below `vocabulary`.
  public init(
    length: Int, vocabulary: Int, width: Int, positions kind: PositionKind, hasClassToken: Bool,
    rows: TokenRows
  ) {
    precondition(length > 0 && vocabulary > 0 && width > 0)
    self.length = length
    self.vocabulary = vocabulary
    self.width = width
    self.rows = rows
    outputShape = [width]
    // Tokens start on the scale of the positions, so that neither drowns the other.
    let deviation: Float = kind == .fixed ? 1 : 0.02
    tokens = Parameter("tokens", [vocabulary, width], .normal(deviation: deviation))
    positions = Positions(kind, rows: 1, columns: length, width: width)
    classToken = hasClassToken ? Parameter("class", [width], .normal(deviation: deviation)) : nil
    output = RowStorage([width])
    inputGradient = RowStorage([length])
  }

  /// The output for a batch; see `Layer`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == length, "input \(input.sampleShape), expected [\(length)]")
    read(input)
    let output = output.rows(rows.rowCount)
    for (row, content) in contents.enumerated() {
      let values = output.sample(row)
      guard content.token >= 0 else {
        if let classToken { values.update(from: classToken.value, count: width) }
        continue
      }
      guard Int(content.token) < vocabulary else {
        values.update(repeating: .nan, count: width)
        continue
      }
      values.update(from: tokens.value + Int(content.token) * width, count: width)
      if let position = positions.vector(Int(content.place), width: width) {
        values_add(values, position, width)
      }
    }
    return output
  }

  private func read(_ input: Tensor) {
    rows.removeAll()
    contents.removeAll(keepingCapacity: true)
    sampleCount = input.count
    for sample in 0..<input.count {
      let before = contents.count
      if classToken != nil { contents.append((-1, 0)) }
      let values = input.sample(sample)
      for place in 0..<length where values[place] != 0 {
        let isWhole =
          values[place] > 0 && values[place] < 0x1p24
          && values[place] == values[place].rounded()
        contents.append((isWhole ? Int32(values[place]) : .max, Int32(place)))
      }
      rows.append(tokens: contents.count - before)
    }
  }

  /// The gradient by the input is zero: token numbers cannot move.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    precondition(outputGradient.count == contents.count && outputGradient.stride == width)
    for parameter in parameters {
      parameter.gradient.update(repeating: 0, count: parameter.shape.elementCount)
    }
    for (row, content) in contents.enumerated() {
      let gradient = outputGradient.sample(row)
      if content.token < 0 {
        if let classToken { values_add(classToken.gradient, gradient, width) }
      } else if Int(content.token) < vocabulary {
        values_add(tokens.gradient + Int(content.token) * width, gradient, width)
        if let positions = positions.parameter {
          values_add(positions.gradient + Int(content.place) * width, gradient, width)
        }
      }
    }
    guard wantsInputGradient else { return nil }
    let zeros = inputGradient.rows(sampleCount)
    zeros.values.update(repeating: 0, count: zeros.elementCount)
    return zeros
  }
}
