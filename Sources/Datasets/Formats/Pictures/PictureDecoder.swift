import Storage
import Tensors

/// Reads pictures: JPEG, PNG and WebP, told by their content, as eight bits of red, green and blue.
///
/// Grey, palettes, inks (CMYK) and 16 bits become the pixels that Pillow's `convert("RGB")` gives; what
/// is transparent shows the background.
public struct PictureDecoder: Sendable, Equatable {
  /// The most pixels that a picture may declare: 300 MB of them.
  public static let mostPixels = 100_000_000
  /// The most rows or columns.
  public static let longestSide = 65_535

  /// What is done about the orientation that cameras note in a file.
  public enum Orientation: String, Sendable, CaseIterable {
    /// Nothing: rows and columns are those of the file, as in Pillow.
    case ignore
    /// The picture is turned upright by its EXIF data, as by Pillow's `exif_transpose`.
    case exif
  }

  /// What lies behind transparent pixels.
  public enum Background: String, Sendable, CaseIterable {
    case white, black

    var level: UInt8 { self == .white ? 255 : 0 }
  }

  /// What is done about the orientation that cameras note.
  public var orientation = Orientation.ignore
  /// What lies behind transparent pixels.
  public var background = Background.white
  /// The most pixels that a picture may have.
  public var mostPixels = PictureDecoder.mostPixels

  /// A decoder that does as Pillow does.
  public init() {}

  /// The picture in the file at `path`, which `InputFile.open` accepts.
  public func picture(at path: String) throws -> Picture {
    try picture(of: InputFile.read(path), place: path)
  }

  /// The picture that `bytes` are. Throws, in the name of `place`, where they are broken or cut off,
  /// hold another format or several frames, or declare more than is read.
  ///
  /// - Parameter smallest: the least size that is of use for a picture of a given one; JPEG is then decoded
  ///   at a half, a quarter or an eighth where that is no smaller, which is faster, and rounds pixels
  ///   otherwise than decoding and resizing. Nil: pictures are decoded as they are.
  public func picture(
    of bytes: [UInt8], place: String, atLeast smallest: ((PictureSize) -> PictureSize)? = nil
  ) throws -> Picture {
    try LongWork.step()
    let format = try PictureFormat(of: bytes, place: place)
    let library = ImageLibrary(format, place: place, background: background.level)
    let turn =
      orientation == .exif ? PictureTurn(of: bytes, format) ?? .upright : PictureTurn.upright
    let size = try library.size(of: bytes)
    try check(size, place)
    guard format == .jpeg, let smallest else {
      return turn.applied(to: try library.picture(of: bytes, size))
    }
    let wanted = turn.turned(smallest(turn.turned(size)))
    let divisor = [8, 4, 2].first { size.divided(by: $0).covers(wanted) } ?? 1
    return turn.applied(
      to: try library.picture(of: bytes, size.divided(by: divisor), divisor: divisor))
  }

  private func check(_ size: PictureSize, _ place: String) throws {
    let (height, width) = (size.height, size.width)
    guard max(height, width) <= Self.longestSide else {
      throw FileError(
        place, "declares \(width) x \(height) pixels, expected at most \(Self.longestSide) a side")
    }
    guard height * width <= mostPixels else {
      throw FileError(
        place,
        "declares \(width) x \(height) pixels, at most \(mostPixels) are read; make it smaller")
    }
    try MachineMemory.check(height * width * 3, for: place)
  }
}

extension PictureSize {
  /// The size that libjpeg gives a picture of this one.
  func divided(by divisor: Int) -> PictureSize {
    PictureSize(
      height: (height + divisor - 1) / divisor, width: (width + divisor - 1) / divisor)
  }

  /// Whether no side is shorter than the other's.
  func covers(_ other: PictureSize) -> Bool { height >= other.height && width >= other.width }
}
