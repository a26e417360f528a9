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

  /// What the texts consist of lasts.
  public let repeatsBackward = true

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
  ///
  /// - Parameters:
  ///   - maximumPositions: the places that there are vectors for; nil: `length`.
  ///   - classPosition: whether learned positions have a vector for the class token.
  public init(
    length: Int, vocabulary: Int, width: Int, positions kind: PositionKind,
    maximumPositions: Int? = nil, hasClassToken: Bool, classPosition: Bool = false, rows: TokenRows
  ) {
    precondition(length > 0 && vocabulary > 0 && width > 0 && length <= maximumPositions ?? length)
    self.length = length
    self.vocabulary = vocabulary
    self.width = width
    self.rows = rows
    outputShape = [width]
    // Tokens start on the scale of the positions, so that neither drowns the other.
    let deviation: Float = kind == .fixed ? 1 : 0.02
    tokens = Parameter("tokens", [vocabulary, width], .normal(deviation: deviation))
    positions = Positions(
      kind, rows: 1, columns: maximumPositions ?? length, width: width, hasClass: classPosition)
    classToken = hasClassToken ? Parameter("class", [width], .normal(deviation: deviation)) : nil
    output = RowStorage([width])
    inputGradient = RowStorage([length])
  }

  /// The output for a batch; see `Layer`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == length, "input \(input.sampleShape), expected [\(length)]")
    read(input)
    let output = output.rows(rows.rowCount)
    Threads.split(contents.count, work: 3 * width) { range, _ in write(range, to: output) }
    return output
  }

  private func write(_ range: Range<Int>, to output: Tensor) {
    let (tokens, classToken) = (tokens.value, classToken?.value)
    let classPosition = positions.classVector?.pointer
    let (positions, output) = (positions.vectors.pointer, output.values)
    for index in range {
      let (token, place) = contents[index]
      let row = output + index * width
      if token < 0 {
        if let classToken { row.update(from: classToken, count: width) }
        if let classPosition { values_add(row, classPosition, width) }
      } else if Int(token) < vocabulary {
        row.update(from: tokens + Int(token) * width, count: width)
        values_add(row, positions + Int(place) * width, width)
      } else {
        row.update(repeating: .nan, count: width)
      }
    }
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

  /// The gradient with respect to the input is zero: token numbers cannot move.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    precondition(outputGradient.count == contents.count && outputGradient.stride == width)
    for parameter in parameters { Elementwise.clear(parameter.gradients) }
    // Rows of one token add to one vector: so threads share the columns.
    Threads.split(width, grain: Elementwise.grain, work: 5 * contents.count) { columns, _ in
      let first = columns.lowerBound
      let (tokens, classToken) = (tokens.gradient, classToken?.gradient)
      let classPosition = positions.classGradient?.pointer
      let (positions, gradients) = (positions.gradients?.pointer, outputGradient.values)
      for (row, content) in contents.enumerated() {
        func add(to vectors: UnsafeMutablePointer<Float>, _ index: Int32) {
          values_add(
            vectors + Int(index) * width + first, gradients + row * width + first, columns.count)
        }
        if content.token < 0 {
          if let classToken { add(to: classToken, 0) }
          if let classPosition { add(to: classPosition, 0) }
        } else if Int(content.token) < vocabulary {
          add(to: tokens, content.token)
          if let positions { add(to: positions, content.place) }
        }
      }
    }
    guard wantsInputGradient else { return nil }
    let zeros = inputGradient.rows(sampleCount)
    Elementwise.clear(zeros.held)
    return zeros
  }

  /// Takes the memory of training with texts that are as long as they can be; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    rows.removeAll()
    for _ in 0..<count { rows.append(tokens: length + (classToken == nil ? 0 : 1)) }
    _ = output.rows(rows.rowCount)
    if wantsInputGradient { _ = inputGradient.rows(count) }
    return rows.rowCount
  }

  /// Takes the memory of evaluation; see `Layer`.
  public func reserve(evaluating count: Int) -> Int {
    reserve(count, wantsInputGradient: false)
  }
}
