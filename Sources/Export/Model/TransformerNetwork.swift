import Networks
import Pretrained
import Tensors

/// A transformer as timm's vision transformers are: its settings, all written out, and its arrays by their names.
///
/// What timm has not: `token_embed.weight`, the table of tokens, and `embed_norm`, a norm behind tokens and
/// positions.
struct TransformerNetwork {
  let options: TransformerOptions
  let width, depth, heads, hidden: Int
  /// `[T]`, or `[height, width, channels]`.
  let sample: [Int]
  /// The arrays; positions that are fixed are among them.
  let tensors: [NamedState]
  /// The number of features, where a linear map makes them; nil: as many as the width.
  let features: Int?
  /// The same arrays as Hugging Face's BERT has them, where it is one; without the map to the features.
  let bert: [NamedState]?

  /// The transformer of a modality, whose architecture has everything written out.
  init(_ options: TransformerOptions, of modality: SavedModality) {
    self.options = options
    (width, depth) = (options.width ?? 1, options.depth ?? 1)
    (heads, hidden) = (options.heads ?? 1, options.hidden ?? 1)
    let axes = modality.sampleShape.dimensions
    sample = options.input == .text ? axes : axes.count == 2 ? axes + [1] : axes
    features = modality.shape("linear1.weight")?[0]
    func layout(_ format: PretrainedFormat) -> ForeignLayout {
      ForeignLayout(
        modality.arrays, of: modality.architecture, inputShape: modality.sampleShape, as: format)
    }
    let timm = layout(.vitTimm)
    var tensors = timm.tensors
    for (ours, theirs) in [
      ("embedding1.tokens", "token_embed.weight"), ("embedding_norm1.", "embed_norm."),
      ("linear1.", "head."),
    ] { tensors += Network.renamed(timm.rest, ours, to: theirs) }
    let (rows, columns) = Self.grid(options, sample)
    if let table = options.positions?.table(rows: rows, columns: columns, width: width) {
      tensors.append(NamedState("pos_embed", [1, rows * columns, width], Buffer(table)))
    }
    self.tensors = tensors
    let isBERT =
      options.input == .text && options.norm == .post && options.embeddingNorm == true
      && options.positions == .learned && options.hasClassToken == false
    bert = isBERT ? layout(.bert).tensors : nil
  }

  /// The number of places: of tokens, or of patches.
  var places: Int {
    let (rows, columns) = Self.grid(options, sample)
    return rows * columns
  }

  /// The number of rows of a sample: the places, and a class token.
  var rows: Int { places + (options.hasClassToken == true ? 1 : 0) }

  /// The patches down and across; a text is one row of tokens.
  static func grid(_ options: TransformerOptions, _ sample: [Int]) -> (rows: Int, columns: Int) {
    guard options.input != .text else { return (1, sample[0]) }
    return (
      (sample[0] + options.patchHeight - 1) / options.patchHeight,
      (sample[1] + options.patchWidth - 1) / options.patchWidth
    )
  }
}
