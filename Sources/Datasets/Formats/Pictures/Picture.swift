/// A picture of eight bits a channel.
public struct Picture: Sendable, Equatable {
  /// Its height and width.
  public let size: PictureSize
  /// 3: red, green and blue; 1: grey.
  public let channels: Int
  /// `[height, width, channels]`, row by row from the top.
  public var pixels: [UInt8]

  /// A picture of these pixels.
  public init(_ size: PictureSize, channels: Int, _ pixels: [UInt8]) {
    precondition(pixels.count == size.height * size.width * channels)
    self.size = size
    self.channels = channels
    self.pixels = pixels
  }

  /// The picture in grey, as Pillow's `convert("L")`: ITU-R 601-2's luma, rounded.
  func grey() -> Picture {
    guard channels == 3 else { return self }
    var grey = [UInt8](repeating: 0, count: size.height * size.width)
    for pixel in grey.indices {
      let (red, green) = (UInt32(pixels[3 * pixel]), UInt32(pixels[3 * pixel + 1]))
      let blue = UInt32(pixels[3 * pixel + 2])
      // 0.299 red + 0.587 green + 0.114 blue, in 65,536ths.
      let luma = red * 19_595 + green * 38_470 + blue * 7_471
      grey[pixel] = UInt8((luma + 0x8000) >> 16)
    }
    return Picture(size, channels: 1, grey)
  }
}
