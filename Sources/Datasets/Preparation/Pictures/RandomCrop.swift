import Tensors

/// Which part of a picture training sees: one of random area and shape, as torchvision's
/// `RandomResizedCrop` draws it.
public struct RandomCrop: Sendable, Equatable {
  /// The part's share of the picture's area, drawn uniformly.
  public var area = 0.08...1.0
  /// Its width over its height; the logarithm is drawn uniformly.
  public var ratio = 0.75...1.3333
  /// Larger pictures are first made so small that their shorter side has so many pixels; nil: never.
  public var shrinkTo: Int?

  /// torchvision's defaults.
  public init() {}

  /// A part of a picture of this size.
  ///
  /// Ten draws that do not fit are followed by the largest part in the middle with an allowed shape.
  func region(of size: PictureSize, random: inout SeededGenerator) -> PictureRegion {
    let logarithms = (
      Elementary.logarithm(ratio.lowerBound), Elementary.logarithm(ratio.upperBound)
    )
    for _ in 0..<10 {
      let share = area.lowerBound + (area.upperBound - area.lowerBound) * random.uniform()
      let target = Double(size.height * size.width) * share
      let logarithm = logarithms.0 + (logarithms.1 - logarithms.0) * random.uniform()
      let shape = Elementary.exponential(logarithm)
      let width = (target * shape).squareRoot().rounded(.toNearestOrEven)
      let height = (target / shape).squareRoot().rounded(.toNearestOrEven)
      guard 0 < width, width <= Double(size.width), 0 < height, height <= Double(size.height)
      else { continue }
      let part = PictureSize(height: Int(height), width: Int(width))
      let top = random.integer(below: size.height - part.height + 1)
      let left = random.integer(below: size.width - part.width + 1)
      return PictureRegion(top: top, left: left, part)
    }
    return middle(of: size)
  }

  /// The largest part in the middle with an allowed shape.
  func middle(of size: PictureSize) -> PictureRegion {
    let (height, width) = (Double(size.height), Double(size.width))
    var part = size
    if width / height < ratio.lowerBound {
      part.height = Int((width / ratio.lowerBound).rounded(.toNearestOrEven))
    } else if width / height > ratio.upperBound {
      part.width = Int((height * ratio.upperBound).rounded(.toNearestOrEven))
    }
    part.height = max(1, min(part.height, size.height))
    part.width = max(1, min(part.width, size.width))
    return PictureRegion(
      top: (size.height - part.height) / 2, left: (size.width - part.width) / 2, part)
  }
}
