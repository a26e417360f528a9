import MLA

/// What one turn did to the head that the other modalities read too.
public struct TurnInterference: Sendable, Equatable {
  /// The turn.
  public let turn: Turn
  /// `|G|`: the head's gradient of the turn, `[K, D]`, after clipping and before the projection.
  public let gradientNorm: Double
  /// `|G'| / |G|`, what the projection let through; nil without a projection, or of a gradient of zeros.
  public let gradientRatio: Double?
  /// `|W' - W|`: the step of the weights.
  public let stepNorm: Double
  /// `|W' - W_0|`: how far the weights are from where the run began.
  public let drift: Double
  /// For each modality `k`, `|(W' - W) h_k|`, with its mean feature of the same cycle: how far its mean logits
  /// were moved, the bias aside; nil where it had no turn in the cycle.
  public internal(set) var logitShifts: [Double?]
  /// For each other modality, the cosine between the turn's gradient and that of its turn in the same cycle;
  /// nil where there is none.
  public internal(set) var gradientCosines: [Double?]
}

/// The same as means over the measured turns of an epoch, by the place of the modality whose turn it was.
public struct HeadInterference: Sendable, Equatable {
  /// The number of turns that were measured.
  public let turnCount: Int
  /// `|G|`; nil for modalities without a measured turn, here and below.
  public let gradientNorms: [Double?]
  /// `|G'| / |G|`.
  public let gradientRatios: [Double?]
  /// `|W' - W|`.
  public let stepNorms: [Double?]
  /// How far turns of one modality (rows) move the mean logits of each (columns), `[M][M]`.
  public let logitShifts: [[Double?]]
  /// The cosines between gradients, `[M][M]`, symmetric, without a diagonal.
  public let gradientCosines: [[Double?]]
  /// `|W - W_0|` at the epoch's end.
  public let drift: Double
}
