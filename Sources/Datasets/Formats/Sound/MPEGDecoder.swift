import CMpg123
import Glibc
import Storage

/// Decodes MPEG audio (MP3, and its elders) by libmpg123, bare or within a WAV file.
///
/// Many such streams do not say how long they are, and what others say is an estimate: so the whole
/// stream is looked through for its frames before the first is decoded. The delay that an encoder
/// notes is taken off both ends.
final class MPEGDecoder: SoundDecoder {
  private(set) var sampleRateHertz = 0
  private(set) var channelCount = 0
  private(set) var frameCount: Int?

  private let handle: OpaquePointer
  private let stream: MPEGStream
  private let place: String

  /// Takes over `descriptor`; the stream is the `range` of its bytes. Errors name `place`.
  init(descriptor: Int32, range: Range<Int>, place: String) throws {
    stream = MPEGStream(descriptor: descriptor, range: range)
    self.place = place
    guard let handle = mpg123_new(nil, nil) else {
      throw FileError(place, "cannot be decoded: libmpg123 does not start")
    }
    self.handle = handle
    let flags = MPG123_FORCE_FLOAT.rawValue | MPG123_QUIET.rawValue
    let automatic = Int(MPG123_AUTO_RESAMPLE.rawValue)
    mpg123_param2(handle, Int32(MPG123_REMOVE_FLAGS.rawValue), automatic, 0)
    mpg123_param2(handle, Int32(MPG123_ADD_FLAGS.rawValue), Int(flags), 0)
    mpg123_replace_reader_handle(
      handle, { MPEGStream.of($0).read(into: $1, count: $2) },
      { MPEGStream.of($0).seek(to: $1, from: $2) }, nil)
    var (rate, channels, encoding) = (0, Int32(0), Int32(0))
    guard mpg123_open_handle(handle, Unmanaged.passUnretained(stream).toOpaque()) == 0,
      mpg123_getformat(handle, &rate, &channels, &encoding) == 0
    else { throw FileError(place, "is no sound file that can be read: \(words)") }
    guard mpg123_scan(handle) == 0 else {
      throw FileError(place, "is no sound file that can be read: \(words)")
    }
    (sampleRateHertz, channelCount) = (rate, Int(channels))
    frameCount = max(0, mpg123_length(handle))
    if let problem = stream.problem(frames: mpg123_framelength(handle)) {
      throw FileError(place, problem)
    }
  }

  deinit {
    mpg123_close(handle)
    mpg123_delete(handle)
  }

  func read(_ block: inout MutableSpan<Float>, frames count: Int) throws -> Int {
    var byteCount = 0
    let frameByteCount = channelCount * MemoryLayout<Float>.size
    let status = block.withUnsafeMutableBufferPointer {
      mpg123_read(handle, $0.baseAddress, count * frameByteCount, &byteCount)
    }
    switch status {
    case MPG123_OK.rawValue, MPG123_DONE.rawValue: return byteCount / frameByteCount
    case MPG123_NEW_FORMAT.rawValue:
      throw FileError(place, "changes its sampling rate or its channels; convert it to one of them")
    default: throw FileError(place, "cannot be decoded to its end: \(words)")
    }
  }

  func endProblem(after frames: Int) -> String? {
    if let frameCount, frames < frameCount {
      return "only \(frames) of \(frameCount) frames can be decoded: the file is cut off"
    }
    var last = mpg123_frameinfo2()
    guard mpg123_info2(handle, &last) == 0 else { return nil }
    let end = mpg123_framepos(handle) + Int(last.framesize)
    return stream.beginsFrame(at: end)
      ? "is cut off: its last MPEG frame is not whole" : nil
  }

  private var words: String {
    let text = mpg123_strerror(handle).map { String(cString: $0) } ?? "no reason is given"
    let reason = text.split(separator: " (code").first.map(String.init) ?? text
    // What libmpg123 says where it reads to the end and finds no frame.
    let isEmpty = mpg123_errcode(handle) == MPG123_ERR_READER.rawValue
    return "its MPEG frames cannot be decoded ("
      + (isEmpty ? "there are none" : reason.trimmingSuffix(".")) + ")"
  }
}

extension String {
  fileprivate func trimmingSuffix(_ end: Character) -> String {
    last == end ? String(dropLast()) : self
  }
}
