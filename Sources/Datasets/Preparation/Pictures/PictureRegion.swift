/// A part of a picture, in pixels.
public struct PictureRegion: Sendable, Equatable {
  /// The rows above it.
  public var top: Int
  /// The columns left of it.
  public var left: Int
  /// Its own height and width.
  public var size: PictureSize

  /// A part of this size.
  public init(top: Int, left: Int, _ size: PictureSize) {
    self.top = top
    self.left = left
    self.size = size
  }

  /// All of a picture.
  init(all size: PictureSize) { self.init(top: 0, left: 0, size) }

  /// The middle of a picture; half pixels go to the even side, as in torchvision's `center_crop`.
  init(middle size: PictureSize, of whole: PictureSize) {
    func start(_ rest: Int) -> Int { Int((Double(rest) / 2).rounded(.toNearestOrEven)) }
    self.init(
      top: start(whole.height - size.height), left: start(whole.width - size.width), size)
  }

  var rows: Range<Int> { top..<top + size.height }
  var columns: Range<Int> { left..<left + size.width }
}

extension Picture {
  /// A part of the picture.
  func cut(_ region: PictureRegion) -> Picture {
    if region == PictureRegion(all: size) { return self }
    var part: [UInt8] = []
    part.reserveCapacity(region.size.height * region.size.width * channels)
    for y in region.rows {
      let start = (y * size.width + region.left) * channels
      part += pixels[start..<start + region.size.width * channels]
    }
    return Picture(region.size, channels: channels, part)
  }

  /// The picture mirrored left to right.
  func mirrored() -> Picture {
    var mirrored = self
    for y in 0..<size.height {
      for x in 0..<size.width {
        let from = (y * size.width + x) * channels
        let to = (y * size.width + size.width - 1 - x) * channels
        for channel in 0..<channels { mirrored.pixels[to + channel] = pixels[from + channel] }
      }
    }
    return mirrored
  }
}
