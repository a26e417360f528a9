import Glibc

/// How much sound a file's header promises, and how much of it is there.
///
/// libsndfile takes the end of a file for the end of its sound, so that what a download or a copy cut
/// off would be read as a shorter clip.
struct SoundExtent: Equatable {
  /// Where the sound begins, in bytes from the file's beginning.
  let offset: Int
  /// The bytes of sound that the header promises.
  let promised: Int
  /// The bytes from `offset` to the end of the file.
  let present: Int
  /// Whether the container says that an MPEG stream is in it.
  let isMPEG: Bool

  /// Looks for the sound in an open file; nil where the container is unknown, is broken before its
  /// sound begins, or leaves the length open.
  init?(descriptor: Int32) {
    let bytes = SoundBytes(descriptor: descriptor)
    guard let sound = Self.sound(in: bytes), sound.count > 0 else { return nil }
    offset = sound.offset
    promised = sound.count
    present = max(0, bytes.count - sound.offset)
    isMPEG = sound.isMPEG
  }

  /// Whether less is there than was promised, by a frame of `frameByteCount` bytes or more. A few
  /// bytes that would make no frame are a mistake of the program that wrote the header.
  func isCutOff(frameByteCount: Int) -> Bool {
    promised / frameByteCount > present / frameByteCount
  }

  /// The sentence about a file that is cut off.
  var problem: String {
    "is cut off: its header promises \(promised) bytes of sound, but \(present) are there"
  }

  private typealias Sound = (offset: Int, count: Int, isMPEG: Bool)

  /// Programs that write to a pipe cannot fill in the length: the sound then goes on to the end.
  private static func sound(in bytes: SoundBytes) -> Sound? {
    switch (bytes.text(0, 4), bytes.text(8, 4)) {
    case ("RIFF", "WAVE"), ("RF64", "WAVE"), ("BW64", "WAVE"): wave(in: bytes, .riff)
    case ("RIFX", "WAVE"): wave(in: bytes, .bigRIFF)
    case ("riff", _): wave(in: bytes, .wave64)
    // The sound of an AIFF begins after two numbers of four bytes.
    case ("FORM", "AIFF"), ("FORM", "AIFC"): plain(in: bytes, .iff, "SSND", skipping: 8)
    case ("FORM", "8SVX"), ("FORM", "16SV"): plain(in: bytes, .iff, "BODY", skipping: 0)
    case ("caff", _): plain(in: bytes, .coreAudio, "data", skipping: 4)
    case (".snd", _): sun(in: bytes, isBigEndian: true)
    case ("dns.", _): sun(in: bytes, isBigEndian: false)
    case ("NIST", _): sphere(in: bytes)
    default: nil
    }
  }

  private static func wave(in bytes: SoundBytes, _ layout: ChunkLayout) -> Sound? {
    var longCount: Int?
    var isMPEG = false
    for chunk in layout.chunks(of: bytes) {
      switch chunk.name {
      case "fmt ":
        let tag = bytes.number(chunk.offset, byteCount: 2, isBigEndian: layout.isBigEndian)
        isMPEG = tag == 0x50 || tag == 0x55
      case "ds64": longCount = bytes.number(chunk.offset + 8, byteCount: 8, isBigEndian: false)
      case "data":
        return (chunk.count ?? longCount).map { (chunk.offset, $0, isMPEG) }
      default: continue
      }
    }
    return nil
  }

  private static func plain(
    in bytes: SoundBytes, _ layout: ChunkLayout, _ name: String, skipping skipped: Int
  ) -> Sound? {
    for chunk in layout.chunks(of: bytes) where chunk.name == name {
      return chunk.count.map { (chunk.offset + skipped, $0 - skipped, false) }
    }
    return nil
  }

  /// Sun's `.au`.
  private static func sun(in bytes: SoundBytes, isBigEndian: Bool) -> Sound? {
    guard let offset = bytes.number(4, byteCount: 4, isBigEndian: isBigEndian),
      let count = bytes.number(8, byteCount: 4, isBigEndian: isBigEndian),
      count < ChunkLayout.openCount
    else { return nil }
    return (offset, count, false)
  }

  /// SPHERE, the format of speech corpora: lines of text, then sound.
  private static func sphere(in bytes: SoundBytes) -> Sound? {
    guard let offset = Int(bytes.text(8, 7).trimmingPrefix(while: \.isWhitespace)), offset > 0
    else { return nil }
    var values: [Substring: Int] = [:]
    for line in bytes.text(0, min(offset, 1 << 16)).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 3, words[1] == "-i" { values[words[0]] = Int(words[2]) }
    }
    let factors = ["sample_count", "channel_count", "sample_n_bytes"].map { values[$0[...]] ?? 0 }
    return elementCount(factors).map { (offset, $0, false) }
  }
}
