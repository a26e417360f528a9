extension PictureTurn {
  /// The orientation that a picture's EXIF data note; nil: none that makes sense. Whatever is wrong with
  /// them, the picture is none the worse.
  init?(of bytes: [UInt8], _ format: PictureFormat) {
    let block =
      switch format {
      case .jpeg: Self.block(ofJPEG: bytes)
      case .png: Self.block(ofPNG: bytes)
      case .webp: Self.block(ofWebP: bytes)
      }
    guard let block, let turn = try? Self.turn(of: block) else { return nil }
    self = turn
  }

  /// What stands before EXIF data in JPEG, and in WebP of some programs.
  private static let mark = Array("Exif\0\0".utf8)

  /// The first segment of EXIF data (APP1) before the picture's own begin.
  private static func block(ofJPEG bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var reader = ByteReader(bytes[...], place: "", offset: 2)
    while let marker = try? reader.big(UInt16.self, "marker") {
      // The start of a scan, the end of the picture, or no marker at all.
      guard marker >> 8 == 0xff, marker != 0xffda, marker != 0xffd9,
        let count = try? reader.big(UInt16.self, "length"), count >= 2,
        let content = try? reader.take(Int(count) - 2, "segment")
      else { return nil }
      if marker == 0xffe1, content.starts(with: mark) { return content.dropFirst(mark.count) }
    }
    return nil
  }

  /// The chunk eXIf, before or behind the pixels.
  private static func block(ofPNG bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var reader = ByteReader(bytes[...], place: "", offset: 8)
    while let count = try? reader.big(UInt32.self, "length"),
      let name = try? reader.take(4, "name"),
      let content = try? reader.take(Int(count), "chunk"), (try? reader.take(4, "sum")) != nil
    {
      if name.elementsEqual("eXIf".utf8) { return content }
    }
    return nil
  }

  /// The chunk EXIF.
  private static func block(ofWebP bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var reader = ByteReader(bytes[...], place: "", offset: 12)
    while let name = try? reader.take(4, "name"),
      let count = try? reader.little(UInt32.self, "length"),
      let content = try? reader.take(Int(count), "chunk")
    {
      if name.elementsEqual("EXIF".utf8) {
        return content.starts(with: mark) ? content.dropFirst(mark.count) : content
      }
      // Chunks begin at even places.
      if count % 2 == 1 { _ = try? reader.take(1, "chunk") }
    }
    return nil
  }

  /// The orientation in the first directory of a TIFF file, which EXIF data are.
  private static func turn(of block: ArraySlice<UInt8>) throws -> PictureTurn? {
    let isLittle = block.starts(with: "II*\0".utf8)
    guard isLittle || block.starts(with: "MM\0*".utf8) else { return nil }
    func number<T: ByteReader.Word>(_ type: T.Type, _ reader: inout ByteReader) throws -> T {
      isLittle ? try reader.little(type, "EXIF") : try reader.big(type, "EXIF")
    }
    var head = ByteReader(block, place: "", offset: 4)
    var reader = ByteReader(block, place: "", offset: Int(try number(UInt32.self, &head)))
    for _ in 0..<(try number(UInt16.self, &reader)) {
      let tag = try number(UInt16.self, &reader)
      let type = try number(UInt16.self, &reader)
      let count = try number(UInt32.self, &reader)
      let value = try number(UInt16.self, &reader)
      _ = try reader.take(2, "EXIF")
      // One number of sixteen bits.
      if tag == 0x0112 { return type == 3 && count == 1 ? PictureTurn(Int(value)) : nil }
    }
    return nil
  }
}
