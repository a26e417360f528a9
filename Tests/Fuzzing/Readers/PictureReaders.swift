import Datasets

extension Readers {
  /// Pictures, a reader for each decoder. These are others' libraries, which have numbers of their own.
  static let pictures = [
    picture("jpeg", ".jpg", tokens: jpegTokens),
    picture("png", ".png", tokens: utf8(PNGFormat.chunks), repair: PNGFormat.repair),
    picture(
      "webp", ".webp",
      tokens: utf8(["RIFF", "WEBP", "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "EXIF"])),
  ]

  /// Markers, with lengths where they have some, and EXIF's beginning.
  private static let jpegTokens: [[UInt8]] =
    [0xc0, 0xc1, 0xc2, 0xc4, 0xc9, 0xcc, 0xd0, 0xd8, 0xd9, 0xda, 0xdb, 0xdd, 0xe1, 0xee].map {
      [0xff, $0]
    } + [[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0], Array("Exif\0\0MM\0*\0\0\0\u{8}".utf8)]

  /// Small pictures stay small: a few bytes may honestly be a picture of any size.
  private static func picture(
    _ name: String, _ ending: String, tokens: [[UInt8]],
    repair: (@Sendable (inout [UInt8], inout Draw) -> Void)? = nil
  ) -> Reader {
    Reader(
      name, file: "a.picture",
      Format(
        seeds: try Repository.files(
          in: "Tests/DatasetsTests/Golden/pictures", ending: ending, atMost: 20_000),
        tokens: tokens, repair: repair),
      share: 10, longest: 1 << 14
    ) { _ in
      var decoder = PictureDecoder()
      decoder.orientation = .exif
      decoder.mostPixels = 1 << 20
      return { path in
        let bytes = try Datasets.InputFile.read(path)
        let scaled = Result {
          try decoder.picture(of: bytes, place: path) { _ in PictureSize(height: 1, width: 1) }
        }
        let picture = try decoder.picture(at: path)
        guard picture.pixels.count == picture.size.height * picture.size.width * 3,
          try scaled.get().size.height <= picture.size.height
        else { throw Misbehaviour("a picture of another size") }
      }
    }
  }
}
