import Tensors

/// Why a network cannot be built: a mistake of the configuration.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
  /// An option is not a number that can be used.
  case badOption(_ option: String, value: Int, allowed: String)
  /// The encoder needs an image, and gets something else.
  case needsImage(encoder: String, inputShape: Shape)
  /// The frames that an encoder is to average are not those of its input.
  case wrongFrames(Int?, inputShape: Shape)
  /// The encoder needs a list of token numbers, and gets something else.
  case needsText(inputShape: Shape)
  /// A bag of words needs a list of token numbers, and gets something else.
  case bagNeedsText(inputShape: Shape)
  /// Nobody says how many different tokens there are.
  case needsVocabulary(encoder: String)
  /// Heads must be equally wide.
  case headsDoNotDivide(heads: Int, width: Int)
  /// A text may be longer than there are vectors for places.
  case tooFewPositions(Int, length: Int)
  /// Options that contradict each other: the whole sentence.
  case conflict(String)
  /// A kernel is larger than the padded image it is to slide over.
  case kernelTooLarge(stage: Int, kernel: Int, padding: Int, image: Shape, inputShape: Shape)
  /// Pooling leaves no pixel.
  case pooledAway(stage: Int, poolSize: Int, image: Shape, inputShape: Shape)
  /// An array would have more numbers than the matrix products can count.
  case tooLarge(array: String, inputShape: Shape)

  /// One sentence: what was found, and what is allowed.
  public var description: String {
    switch self {
    case .needsImage(_, let shape), .wrongFrames(_, let shape),
      .kernelTooLarge(_, _, _, _, let shape), .pooledAway(_, _, _, let shape):
      shape.channelsFirstHint.map { "\(sentence); \($0)" } ?? sentence
    default: sentence
    }
  }

  private var sentence: String {
    switch self {
    case .badOption(let option, let value, let allowed):
      "\(option) is \(value), but must be \(allowed)"
    case .needsImage(let encoder, let shape):
      "the \(encoder) encoder needs images or spectrograms (height x width x channels), but its "
        + "input is \(Self.described(shape)); use an mlp for it"
    case .wrongFrames(let frames, let shape):
      "frames is \(frames.map(String.init) ?? "null"), but the input is \(Self.described(shape)); "
        + "set it to F for videos of F x height x width x channels, to null for images"
    case .needsText(let shape):
      "the transformer encoder of texts needs a list of token numbers, but its input is "
        + "\(Self.described(shape)); set input: image or input: spectrogram for it"
    case .bagNeedsText(let shape):
      "the bag_of_words encoder needs a list of token numbers, but its input is "
        + "\(Self.described(shape)); use another encoder for it"
    case .needsVocabulary(let encoder):
      "the \(encoder) encoder of texts needs the number of different tokens, which the data do "
        + "not tell; set vocabulary to one more than the largest token number"
    case .headsDoNotDivide(let heads, let width):
      "heads is \(heads), but must divide the width, which is \(width)"
    case .tooFewPositions(let count, let length):
      "maximum_positions is \(count), but the texts may have \(length) tokens; set data.length to at "
        + "most \(count)"
    case .conflict(let sentence): sentence
    case .kernelTooLarge(let stage, let kernel, let padding, let image, let input):
      "in stage \(stage) the kernel of \(kernel) x \(kernel) with padding \(padding) is larger "
        + "than the \(image) image that is left of the \(input) input; use a smaller kernel, more "
        + "padding, less pooling or fewer channels entries"
    case .pooledAway(let stage, let size, let image, let input):
      "in stage \(stage) pooling by \(size) leaves nothing of the \(image) image that is left of "
        + "the \(input) input; use a smaller pool_size, pooling none or fewer channels entries"
    case .tooLarge(let array, let input):
      "\(array) would hold more than \(Int(Int32.max)) numbers for an input of "
        + "\(Self.described(input)); use a smaller input, batch or network"
    }
  }

  private static func described(_ shape: Shape) -> String {
    switch shape.rank {
    case 0: "one number"
    case 1: "a vector of \(shape)"
    default: "\(shape)"
    }
  }
}
