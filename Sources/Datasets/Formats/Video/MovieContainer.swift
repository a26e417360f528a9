import Storage

/// Films, and sounds in the containers of films, told by their first bytes, whatever their names.
enum MovieContainer {
  /// Whether the file at `path`, which `InputFile.open` accepts, is one that ffmpeg is asked about: MP4,
  /// MOV and 3GP, FLV, AVI, Matroska and WebM, ASF, MPEG.
  static func isMovie(_ path: String) throws -> Bool {
    isMovie(try InputFile.open(path).beginning(12))
  }

  static func isMovie(_ beginning: [UInt8]) -> Bool {
    func has(_ text: String, at place: Int) -> Bool {
      beginning.dropFirst(place).starts(with: text.utf8)
    }
    let signatures: [[UInt8]] = [
      [0x1A, 0x45, 0xDF, 0xA3], [0x30, 0x26, 0xB2, 0x75], [0, 0, 1, 0xBA], [0, 0, 1, 0xB3],
    ]
    return has("FLV", at: 0) || has("RIFF", at: 0) && has("AVI ", at: 8)
      || ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"].contains { has($0, at: 4) }
      || signatures.contains { beginning.starts(with: $0) }
  }
}
