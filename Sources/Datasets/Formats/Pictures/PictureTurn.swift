/// How a picture is turned so that it stands upright: EXIF's tag 0x0112, "orientation".
struct PictureTurn: Equatable {
  /// A picture that stands upright already.
  static let upright = PictureTurn(number: 1)

  /// 1 to 8.
  let number: Int

  private init(number: Int) { self.number = number }

  /// The turn of an orientation, from 1 to 8; nil for other numbers.
  init?(_ number: Int) {
    guard (1...8).contains(number) else { return nil }
    self.init(number: number)
  }

  /// Whether rows become columns.
  private var transposes: Bool { number >= 5 }
  private var flipsRows: Bool { [3, 4, 6, 7].contains(number) }
  private var flipsColumns: Bool { [2, 3, 7, 8].contains(number) }

  /// The size of a picture after the turn; the same the other way round.
  func turned(_ size: PictureSize) -> PictureSize {
    transposes ? PictureSize(height: size.width, width: size.height) : size
  }

  /// The picture upright.
  func applied(to picture: Picture) -> Picture {
    guard self != .upright else { return picture }
    let (source, size) = (picture.size, turned(picture.size))
    var pixels: [UInt8] = []
    pixels.reserveCapacity(picture.pixels.count)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let (down, right) = transposes ? (x, y) : (y, x)
        let row = flipsRows ? source.height - 1 - down : down
        let column = flipsColumns ? source.width - 1 - right : right
        let place = (row * source.width + column) * picture.channels
        for channel in 0..<picture.channels { pixels.append(picture.pixels[place + channel]) }
      }
    }
    return Picture(size, channels: picture.channels, pixels)
  }
}
