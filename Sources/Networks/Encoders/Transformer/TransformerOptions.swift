/// Options of `transformer`: blocks over the tokens of a text, or over the patches of an image or a
/// spectrogram, then the mean or a class token.
///
/// What is optional is as each option says unless somebody decides: whoever gives it weights that were
/// trained in another form.
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

  /// Where the norms of a block stand.
  public enum NormPlacement: String, Sendable, CaseIterable {
    /// Before attention and MLP, and one more after the last block.
    case pre
    /// After the sum of each with what it was added to (Vaswani et al., 2017).
    case post
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
  /// The places that a text's learned positions have vectors for: at least as many as the data's texts
  /// are long; nil: as many.
  public var maximumPositions: Int?
  /// Whether a class token, the same for all samples at the start, stands before the others; nil: where
  /// `pooling` takes it.
  public var hasClassToken: Bool?
  /// Whether learned positions have a vector for the class token too, the first; nil: no.
  public var classPosition: Bool?
  /// Whether a norm follows tokens and positions; nil: no.
  public var embeddingNorm: Bool?
  /// Where the norms of the blocks stand; nil: `pre`.
  public var norm: NormPlacement?
  /// What all norms add to the variance; nil: `NormRows.standardEpsilon`, 1e-5.
  public var epsilon: Double?
  /// How tokens become one feature vector; nil: `mean`.
  public var pooling: TokenPoolingLayer.Kind?
  /// The form of the rectifier in the hidden layers; nil: `erf`.
  public var gelu: GELULayer.Form?
  /// The probability that a value after the embedding, in a hidden layer or in a branch is
  /// dropped. Attention weights are not.
  public var dropout = 0.0
  /// The probability that a sample skips a branch of the last block; it rises linearly from 0 in
  /// the first.
  public var stochasticDepth = 0.0

  /// The defaults.
  public init() {}

  /// Whether a class token stands first.
  var beginsWithClass: Bool { hasClassToken ?? (pooling == .classToken) }

  /// The width, the number of blocks, of heads, and the width of the hidden layers.
  var sizes: (width: Int, depth: Int, heads: Int, hidden: Int) {
    let width = width ?? size.standardWidth
    let (hidden, overflows) = width.multipliedReportingOverflow(by: 4)
    return (
      width, depth ?? 12, heads ?? max(1, width / 64), self.hidden ?? (overflows ? .max : hidden)
    )
  }
}
