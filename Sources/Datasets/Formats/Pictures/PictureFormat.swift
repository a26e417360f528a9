import Storage

/// What kind of picture a file is, told by its first bytes, whatever its name.
enum PictureFormat: String {
  case jpeg = "JPEG"
  case png = "PNG"
  case webp = "WebP"

  /// The format of the file with these bytes. Throws where it is none that is read.
  init(of bytes: [UInt8], place: String) throws {
    if bytes.starts(with: [0xff, 0xd8, 0xff]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .png
    } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
      self = .webp
    } else {
      throw FileError(place, Self.refusal(of: bytes))
    }
  }

  /// What people have under the names of pictures.
  private static let others: [(name: String, offset: Int, beginning: [UInt8])] = [
    ("a GIF picture", 0, Array("GIF8".utf8)), ("a BMP picture", 0, Array("BM".utf8)),
    ("a TIFF picture", 0, Array("II*\0".utf8)), ("a TIFF picture", 0, Array("MM\0*".utf8)),
    ("a HEIC or AVIF picture, or a film", 4, Array("ftyp".utf8)),
    ("a Photoshop picture", 0, Array("8BPS".utf8)), ("a PDF document", 0, Array("%PDF".utf8)),
    ("a zip archive", 0, Array("PK\u{3}\u{4}".utf8)), ("gzip data", 0, [0x1f, 0x8b]),
    ("an SVG picture", 0, Array("<svg".utf8)), ("XML text", 0, Array("<?xml".utf8)),
    ("a web page", 0, Array("<!DOCTYPE html".utf8)),
    ("a web page", 0, Array("<!doctype html".utf8)),
    ("a web page", 0, Array("<html".utf8)),
  ]

  private static func refusal(of bytes: [UInt8]) -> String {
    let expected = "expected a JPEG, PNG or WebP picture"
    guard
      let other = others.first(where: { bytes.dropFirst($0.offset).starts(with: $0.beginning) })
    else {
      let digits = bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      return "begins with the bytes \(digits.joined(separator: " ")), \(expected)"
    }
    return "holds \(other.name), \(expected); convert it"
  }
}
