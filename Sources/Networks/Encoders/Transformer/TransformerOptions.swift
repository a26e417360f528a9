/// Options of `transformer`: pre-norm blocks over the tokens of a text, or over the patches of an
/// image or a spectrogram, then the mean or a class token.
public struct TransformerOptions: Sendable, Equatable {
  /// What the input is.
  public enum Input: String, Sendable, CaseIterable {
    /// `[T]` token numbers; 0 is padding.
    case text
    /// `[height, width, channels]`.
    case image
    /// `[frequencies, frames, 1]`.
    case spectrogram
  }

  /// The usual sizes: width, blocks and heads.
  public enum Size: String, Sendable, CaseIterable {
    /// 192 numbers a token, 12 blocks, 3 heads.
    case tiny
    /// 384 numbers a token, 12 blocks, 6 heads.
    case small
    /// 768 numbers a token, 12 blocks, 12 heads.
    case base

    /// The width of a token.
    public var standardWidth: Int {
      switch self {
      case .tiny: 192
      case .small: 384
      case .base: 768
      }
    }
  }

  /// What the samples are.
  public var input = Input.image
  /// The size of everything that is not given by itself.
  public var size = Size.small
  /// The width of a token; nil: the size's.
  public var width: Int?
  /// The number of blocks; nil: the size's.
  public var depth: Int?
  /// The number of heads, which divides the width; nil: one for each whole 64 numbers, at
  /// least one.
  public var heads: Int?
  /// The width of the blocks' hidden layer; nil: four times that of a token.
  public var hidden: Int?
  /// The height of a patch: pixels, or frequencies.
  public var patchHeight = 16
  /// The width of a patch: pixels, or frames.
  public var patchWidth = 16
  /// The number of tokens that a text can have, padding included; nil: as many as the data's.
  public var vocabulary: Int?
  /// nil: learned for texts, fixed for pictures.
  public var positions: PositionKind?
  /// How tokens become one feature vector.
  public var pooling = TokenPoolingLayer.Kind.mean
  /// The form of the rectifier in the hidden layers.
  public var gelu = GELULayer.Form.erf
  /// The probability that a value after the embedding, in a hidden layer or in a branch is
  /// dropped. Attention weights are not.
  public var dropout = 0.0
  /// The probability that a sample skips a branch of the last block; it rises linearly from 0 in
  /// the first.
  public var stochasticDepth = 0.0

  /// The defaults.
  public init() {}

  /// The width, the number of blocks, of heads, and the width of the hidden layers.
  var sizes: (width: Int, depth: Int, heads: Int, hidden: Int) {
    let width = width ?? size.standardWidth
    let (hidden, overflows) = width.multipliedReportingOverflow(by: 4)
    return (
      width, depth ?? 12, heads ?? max(1, width / 64), self.hidden ?? (overflows ? .max : hidden)
    )
  }
}
