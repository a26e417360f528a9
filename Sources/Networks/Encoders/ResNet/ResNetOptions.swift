/// Options of `resnet18`: a 7x7 stem, four stages of residual blocks that double the width and
/// halve the image, a mean over all places, and a linear map where the head's width is another.
public struct ResNetOptions: Sendable, Equatable {
  /// The width of the first stage; the last has eight times as many channels. 64 is ResNet-18.
  public var width = 64
  /// The number of blocks of each stage: 2 is ResNet-18, 1 is ResNet-10.
  public var blocks = 2
  /// The number of frames of a video `[F, H, W, C]`, which go through the same network and whose
  /// features are averaged; nil for images.
  public var frames: Int?

  /// The defaults.
  public init() {}
}
