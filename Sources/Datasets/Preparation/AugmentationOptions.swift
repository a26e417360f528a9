/// What training changes at random in a sample each time that it is seen; test samples stay as they
/// are.
///
/// Pictures are samples of two to four axes: `[rows, columns]`, `[rows, columns, channels]` and, one
/// change for all frames, `[frames, rows, columns, channels]`. What is emptied becomes 0, which is
/// the mean where samples are standardised.
public struct AugmentationOptions: Sendable, Equatable {
  /// Pictures: moved by up to so many rows and so many columns, either way; zeros come in.
  public var shift = 0
  /// Pictures: mirrored left to right, one time in two.
  public var flips = false
  /// Pictures: up to so many neighbouring rows are emptied. In a spectrogram these are frequencies
  /// (SpecAugment; Park et al., 2019, arXiv:1904.08779).
  public var maskedRows = 0
  /// Pictures: up to so many neighbouring columns are emptied; in a spectrogram these are frames.
  public var maskedColumns = 0
  /// All but texts: the standard deviation of normal noise that every value receives.
  public var noise = 0.0
  /// Texts: the probability that a word becomes the unknown word.
  public var unknownWords = 0.0

  /// No change at all.
  public init() {}

  /// Whether anything is asked for that only pictures have.
  public var needsPictures: Bool { shift > 0 || flips || maskedRows > 0 || maskedColumns > 0 }
}
