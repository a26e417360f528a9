import Storage
import Tensors

/// Makes samples of picture files: decoded, framed, in training changed at random, normalised.
final class PicturePreparer: SamplePreparer {
  let sampleShape: Shape

  private let options: PictureOptions
  private let resizer: PixelResizer
  private let tables: [[Float]]

  init(_ options: PictureOptions) {
    precondition([1, 3].contains(options.channels))
    self.options = options
    let size = options.framing.size
    sampleShape = [size.height, size.width, options.channels]
    resizer = PixelResizer(options.filter)
    tables = options.normalisation.tables(channels: options.channels)
  }

  /// The picture in its final size, or, where training cuts it at random, whole; bytes `[height, width,
  /// channels]`.
  func decode(_ item: MediaItem) throws -> DecodedSample {
    let bytes = try InputFile.read(item.path)
    let picture = try options.decoder.picture(
      of: bytes, place: item.path, atLeast: options.decodesScaled ? wanted : nil)
    return try settle(picture, place: item.path)
  }

  /// A decoded picture as `decode` gives it; errors name `place`.
  func settle(_ picture: Picture, place: String) throws -> DecodedSample {
    var picture = options.channels == 1 ? picture.grey() : picture
    if options.crop == .random { picture = resizer.resize(picture, to: wanted(picture.size)) }
    try options.framing.check(picture.size, place: place)
    if options.crop == .centre { picture = options.framing.framed(picture, by: resizer) }
    return DecodedSample(
      [picture.size.height, picture.size.width, picture.channels], .bytes(picture.pixels))
  }

  /// The size that a picture has when nothing random has happened to it.
  private func wanted(_ size: PictureSize) -> PictureSize {
    guard options.crop == .random else { return options.framing.resized(size) }
    guard let side = options.randomCrop.shrinkTo, min(size.height, size.width) > side else {
      return size
    }
    return size.withShorterSide(side)
  }

  func prepare(
    _ decoded: DecodedSample, random: inout SeededGenerator?,
    into destination: inout MutableSpan<Float>
  ) throws {
    guard case .bytes(let pixels) = decoded.values else {
      preconditionFailure("pictures are bytes")
    }
    let axes = decoded.shape.dimensions
    let whole = Picture(
      PictureSize(height: axes[0], width: axes[1]), channels: axes[2], pixels)
    // Framed already, unless training cuts it.
    let isWhole = options.crop == .random
    guard var generator = random else {
      let framed = isWhole ? options.framing.framed(whole, by: resizer) : whole
      return normalise(framed, into: &destination)
    }
    var picture = whole
    if isWhole {
      let part = options.randomCrop.region(of: whole.size, random: &generator)
      picture = resizer.resize(whole, part: part, to: options.framing.size)
    }
    if options.flips, generator.integer(below: 2) == 1 { picture = picture.mirrored() }
    options.jitter.change(&picture, random: &generator)
    random = generator
    normalise(picture, into: &destination)
  }

  /// Writes what a picture's levels become.
  private func normalise(_ picture: Picture, into destination: inout MutableSpan<Float>) {
    precondition(picture.pixels.count == destination.count)
    let pixels = picture.pixels.span
    for (channel, table) in tables.enumerated() {
      let table = table.span
      var place = channel
      while place < pixels.count {
        destination[place] = table[Int(pixels[place])]
        place += tables.count
      }
    }
  }
}
