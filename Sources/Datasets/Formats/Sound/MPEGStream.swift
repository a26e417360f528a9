import Glibc
import Tensors

/// The bytes of an MPEG stream within an open file, as libmpg123 asks for them.
final class MPEGStream {
  private let bytes: SoundBytes
  private let range: Range<Int>
  private var position = 0

  /// Takes over `descriptor`.
  init(descriptor: Int32, range: Range<Int>) {
    bytes = SoundBytes(descriptor: descriptor)
    self.range = range.clamped(to: 0..<bytes.count)
  }

  deinit { close(bytes.descriptor) }

  /// The stream that a callback was handed.
  static func of(_ pointer: UnsafeMutableRawPointer?) -> MPEGStream {
    guard let pointer else { preconditionFailure("a reader without its stream") }
    return Unmanaged<MPEGStream>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// The next bytes; 0 at the end, -1 where the file cannot be read.
  func read(into buffer: UnsafeMutableRawPointer?, count: Int) -> Int {
    let wanted = min(count, range.count - position)
    guard wanted > 0 else { return 0 }
    LongWork.pass()
    let got = pread(bytes.descriptor, buffer, wanted, range.lowerBound + position)
    if got > 0 { position += got }
    return got
  }

  /// As `lseek`.
  func seek(to offset: Int, from origin: Int32) -> Int {
    let base = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? position : range.count
    let (target, overflows) = base.addingReportingOverflow(offset)
    guard !overflows, target >= 0 else { return -1 }
    position = target
    return target
  }

  /// Whether a file begins as MPEG audio does, after tags if it has some.
  static func isMPEG(_ file: SoundBytes) -> Bool {
    Header(file.bytes(tagEnd(file, from: 0), 4)) != nil
  }

  /// How many frames and bytes the stream's first frame promises, as most encoders of variable rate
  /// write there (`Xing`, `Info`, `VBRI`); nil: it does not say.
  private var promise: (frames: Int, bytes: Int)? {
    func number(_ place: Int) -> Int? { bytes.number(place, byteCount: 4, isBigEndian: true) }
    guard let header = Header(bytes.bytes(start, 4)) else { return nil }
    let place = start + 4 + header.sideByteCount
    if ["Xing", "Info"].contains(bytes.text(place, 4)) {
      guard let flags = number(place + 4), flags & 3 == 3, let frames = number(place + 8),
        let byteCount = number(place + 12)
      else { return nil }
      return (frames, byteCount)
    }
    guard bytes.text(start + 36, 4) == "VBRI", let byteCount = number(start + 36 + 10),
      let frames = number(start + 36 + 14)
    else { return nil }
    return (frames, byteCount)
  }

  /// What is wrong where the stream has fewer frames than it promises: it is shorter as well, or, all
  /// bytes being there, more are missing than the one that some programs count too many.
  func problem(frames found: Int) -> String? {
    guard let promise, promise.frames > found else { return nil }
    let isShort = promise.bytes > range.upperBound - start
    guard isShort || promise.frames > found + 1 else { return nil }
    return
      "is \(isShort ? "cut off" : "damaged"): its header promises \(promise.frames) MPEG frames, "
      + "but \(found) are there"
  }

  /// Whether a frame of this stream begins at `offset`, where only tags may follow.
  func beginsFrame(at offset: Int) -> Bool {
    let first = Header(bytes.bytes(start, 4))
    guard offset < range.count else { return false }
    let found = bytes.bytes(range.lowerBound + offset, min(4, range.count - offset))
    return first.map { $0.isKin(of: found) } ?? false
  }

  /// Where the first frame begins.
  private var start: Int { Self.tagEnd(bytes, from: range.lowerBound) }

  /// Where the ID3 tags end that begin at `offset`.
  private static func tagEnd(_ file: SoundBytes, from offset: Int) -> Int {
    var end = offset
    while file.text(end, 3) == "ID3", end < file.count {
      let head = file.bytes(end, 10)
      guard head.count == 10 else { break }
      // Seven bits a byte, so that a length never looks like the beginning of a frame.
      end += 10 + head[6...].reduce(0) { $0 << 7 | Int($1 & 0x7F) } + (head[5] & 0x10 == 0 ? 0 : 10)
    }
    return end
  }

  /// The four bytes that every frame begins with.
  private struct Header {
    private let bytes: [UInt8]

    init?(_ bytes: [UInt8]) {
      guard bytes.count == 4, bytes[0] == 0xFF, bytes[1] & 0xE0 == 0xE0 else { return nil }
      let (version, layer) = (bytes[1] >> 3 & 3, bytes[1] >> 1 & 3)
      let (rate, sampling) = (bytes[2] >> 4, bytes[2] >> 2 & 3)
      guard version != 1, layer != 0, rate != 15, sampling != 3 else { return nil }
      self.bytes = bytes
    }

    /// The bytes of side information, after which the promise stands.
    var sideByteCount: Int {
      let (isFirstVersion, isMono) = (bytes[1] >> 3 & 3 == 3, bytes[3] >> 6 == 3)
      return isFirstVersion ? (isMono ? 17 : 32) : (isMono ? 9 : 17)
    }

    /// Whether other bytes may begin a frame of the same stream, as far as they go.
    func isKin(of other: [UInt8]) -> Bool {
      let masks: [UInt8] = [0xFF, 0xFE, 0x0C, 0x00]
      return other.count > 1 && zip(zip(bytes, other), masks).allSatisfy { $0.0 & $1 == $0.1 & $1 }
    }
  }
}
