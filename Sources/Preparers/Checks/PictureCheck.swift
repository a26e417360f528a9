import Datasets
import Storage

/// Looks at the first bytes of a picture, and at whether its end is there.
enum PictureCheck {
  /// Whether a name ends as those of pictures do.
  static func isNamedAsPicture(_ name: String) -> Bool {
    [".jpg", ".jpeg", ".png", ".webp"].contains { name.lowercased().hasSuffix($0) }
  }

  /// Throws where the file at `path` is no JPEG, PNG or WebP, whatever it is called, or is cut off.
  static func check(_ path: String) throws {
    let file = try InputFile.open(path)
    let beginning = try file.beginning(16)
    if beginning.starts(with: [0xff, 0xd8, 0xff]) {
      // Nearly always the mark of the end is where the end is; else somebody has added something.
      if try file.bytes(at: file.byteCount - 2, 2) == [0xff, 0xd9] { return }
      if JPEGEnd.isThere(in: try InputFile.read(path)) { return }
      throw BrokenMedium(.truncated, "is a JPEG without its end")
    }
    if beginning.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      if try hasEndOfPNG(file) { return }
      throw BrokenMedium(.truncated, "is a PNG without its end")
    }
    if beginning.starts(with: "RIFF".utf8), beginning.dropFirst(8).starts(with: "WEBP".utf8) {
      let promised = little(beginning[4..<8]) + 8
      if promised <= file.byteCount { return }
      throw BrokenMedium(
        .truncated, "is a WebP of \(promised) bytes, of which \(file.byteCount) are there")
    }
    throw BrokenMedium(
      .unreadable, "is \(name(of: beginning)), expected a JPEG, PNG or WebP; convert it")
  }

  private static func hasEndOfPNG(_ file: borrowing ReadableFile) throws -> Bool {
    var offset = 8
    while true {
      let head = try file.bytes(at: offset, 8)
      guard head.count == 8 else { return false }
      if head[4...].elementsEqual("IEND".utf8) { return true }
      offset += 12 + head[..<4].reduce(0) { $0 << 8 | Int($1) }
    }
  }

  /// What begins so, in words.
  private static func name(of beginning: [UInt8]) -> String {
    let kinds: [(start: String, name: String)] = [
      ("GIF8", "a GIF"), ("BM", "a BMP"), ("<", "text, perhaps a page that a server sent"),
      ("II*", "a TIFF"), ("MM", "a TIFF"),
    ]
    return kinds.first { beginning.starts(with: $0.start.utf8) }?.name ?? "no picture"
  }
}

/// A number of bytes, the lowest first.
func little(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }

/// Finds the end of a JPEG that has something behind it.
private enum JPEGEnd {
  /// Whether the picture that `bytes` begin with comes to its end.
  static func isThere(in bytes: [UInt8]) -> Bool {
    var place = 2
    var isScan = false
    while place + 1 < bytes.count {
      guard bytes[place] == 0xff else {
        // Between two segments there is nothing but the data of a scan.
        guard isScan else { return false }
        place += 1
        continue
      }
      switch bytes[place + 1] {
      case 0xd9: return true
      // Stuffing and restarts inside a scan, filling between segments.
      case 0x00, 0x01, 0xd0...0xd8: place += 2
      case 0xff: place += 1
      case let marker:
        guard place + 3 < bytes.count else { return false }
        isScan = marker == 0xda
        place += 2 + Int(bytes[place + 2]) << 8 + Int(bytes[place + 3])
      }
    }
    return false
  }
}
