import Storage

/// How a whole picture becomes one of the encoder's size, the same every time.
public struct PictureFraming: Sendable, Equatable {
  /// What becomes of a picture's shape.
  public enum Resizing: String, Sendable, CaseIterable {
    /// Both sides get the size asked for, whatever shape the picture had.
    case exact
    /// The picture keeps its shape and just covers the size; the middle of it is cut out.
    case shorter
    /// The middle is cut out of the picture as it is.
    case none
  }

  /// The size that the encoder sees.
  public var size: PictureSize
  /// What becomes of the picture's shape.
  public var resizing = Resizing.shorter
  /// With `shorter`: what the picture's shorter side becomes before the middle is cut out, as in
  /// torchvision's `Resize(256), CenterCrop(224)`; nil: what just covers the size.
  public var shorterSide: Int?

  /// Pictures that just cover `size`, and their middle.
  public init(size: PictureSize) { self.size = size }

  /// The size that a picture gets before its middle is cut out; sides are rounded down, as in torchvision.
  func resized(_ picture: PictureSize) -> PictureSize {
    switch resizing {
    case .exact: return size
    case .none: return picture
    case .shorter:
      if let shorterSide { return picture.withShorterSide(shorterSide) }
      let isTall = size.height * picture.width >= size.width * picture.height
      return isTall
        ? PictureSize(height: size.height, width: size.height * picture.width / picture.height)
        : PictureSize(height: size.width * picture.height / picture.width, width: size.width)
    }
  }

  /// Throws, in the name of `place`, where a picture of this size is too small to be cut.
  func check(_ picture: PictureSize, place: String) throws {
    guard resized(picture).covers(size) else {
      throw FileError(
        place,
        "is \(picture.width) x \(picture.height) pixels, smaller than the \(size.width) x"
          + " \(size.height) that are cut out of it; set resize: shorter or exact")
    }
  }

  /// The picture, whose size was checked, as the encoder sees it.
  func framed(_ picture: Picture, by resizer: PixelResizer) -> Picture {
    let whole = resized(picture.size)
    return resizer.resize(picture, to: whole, window: PictureRegion(middle: size, of: whole))
  }
}

extension PictureSize {
  /// The size in which the shorter side has so many pixels; the other is rounded down, as in torchvision.
  func withShorterSide(_ side: Int) -> PictureSize {
    height <= width
      ? PictureSize(height: side, width: side * width / height)
      : PictureSize(height: side * height / width, width: side)
  }
}
