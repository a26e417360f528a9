/// Options of `images`: picture files, one a sample, `[height, width, channels]` as the encoder sees them.
public struct PictureOptions: Sendable, Equatable {
  /// How training frames a picture.
  public enum Crop: String, Sendable, CaseIterable {
    /// A part of it, drawn at random each time, in the encoder's size.
    case random
    /// As evaluation does.
    case centre
  }

  /// CSV files with columns `id,label,path`, paths relative to the data root.
  public var train: [String] = []
  /// The same of the test samples; empty: there is no test split.
  public var test: [String] = []
  /// The size that the encoder sees, and how evaluation gives it to a picture.
  public var framing = PictureFraming(size: PictureSize(height: 224, width: 224))
  /// How a picture in another size is made.
  public var filter = ResizingFilter.bilinear
  /// 3: red, green and blue; 1: grey.
  public var channels = 3
  /// How training frames a picture.
  public var crop = Crop.random
  /// What is drawn where that is at random.
  public var randomCrop = RandomCrop()
  /// Whether training mirrors a picture left to right, one time in two.
  public var flips = true
  /// How much training changes colours.
  public var jitter = ColourJitter()
  /// What levels become.
  public var normalisation = PictureNormalisation.imagenet
  /// How files are read.
  public var decoder = PictureDecoder()
  /// Whether large JPEG pictures are decoded at a half, a quarter or an eighth where that is no smaller
  /// than what they become.
  public var decodesScaled = false
  /// What is subtracted and divided by, fitted on the training samples.
  public var standardise = Standardisation.none

  /// Pictures for a ResNet-18 that learns from scratch; without files.
  public init() {}
}
