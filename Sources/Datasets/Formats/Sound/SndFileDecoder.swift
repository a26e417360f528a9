import CSndFile
import Storage
import Synchronization

/// Decodes what libsndfile knows: WAV in all its variants, AIFF, FLAC, Ogg Vorbis and Opus…
final class SndFileDecoder: SoundDecoder {
  let sampleRateHertz: Int
  let channelCount: Int
  let frameCount: Int?
  /// The bytes of a frame in the file; 1 where frames are compressed.
  let frameByteCount: Int

  private let handle: OpaquePointer

  /// Takes over `descriptor`; errors name `place`.
  init(descriptor: Int32, place: String) throws {
    var info = SF_INFO()
    handle = try Self.opening.withLock { _ throws(FileError) in
      guard let handle = sf_open_fd(descriptor, Int32(SFM_READ), &info, 1) else {
        throw FileError(place, Self.refusal)
      }
      return handle
    }
    sampleRateHertz = Int(info.samplerate)
    channelCount = Int(info.channels)
    // What libsndfile says where the header has no length, or the end of an Ogg stream is not there.
    let isOpen = info.frames == Int64.max
    let subtype = Int(info.format) & Int(SF_FORMAT_SUBMASK)
    frameCount = isOpen ? nil : Int(info.frames)
    frameByteCount = max(1, channelCount * (Self.sampleByteCounts[subtype] ?? 0))
    let isOgg = Int(info.format) & Int(SF_FORMAT_TYPEMASK) == SF_FORMAT_OGG
    if isOpen, isOgg {
      throw FileError(place, "is cut off: the end of its Ogg stream is not there")
    }
  }

  deinit { sf_close(handle) }

  func read(_ block: inout MutableSpan<Float>, frames count: Int) -> Int {
    block.withUnsafeMutableBufferPointer {
      Int(sf_readf_float(handle, $0.baseAddress, sf_count_t(count)))
    }
  }

  func endProblem(after frames: Int) -> String? {
    let words = sf_error(handle) == 0 ? nil : Self.words(handle)
    guard let frameCount else { return words.map { "it cannot be decoded: \($0)" } }
    guard frames < frameCount else { return nil }
    let reason = words ?? "the file is cut off"
    return "only \(frames) of \(frameCount) frames can be decoded: \(reason)"
  }

  /// Why a file was not opened is kept for the whole process, not for the thread that asks.
  private static let opening = Mutex(())

  private static let sampleByteCounts = [
    Int(SF_FORMAT_PCM_S8): 1, Int(SF_FORMAT_PCM_U8): 1, Int(SF_FORMAT_PCM_16): 2,
    Int(SF_FORMAT_PCM_24): 3, Int(SF_FORMAT_PCM_32): 4, Int(SF_FORMAT_FLOAT): 4,
    Int(SF_FORMAT_DOUBLE): 8, Int(SF_FORMAT_ULAW): 1, Int(SF_FORMAT_ALAW): 1,
  ]

  /// Why libsndfile opens no file.
  ///
  /// It has words about content, and words about files, which it also takes where content is at
  /// fault; the file was there a moment ago.
  private static var refusal: String {
    let saysContent = [
      SF_ERR_UNRECOGNISED_FORMAT, SF_ERR_MALFORMED_FILE, SF_ERR_UNSUPPORTED_ENCODING,
    ].contains { Int(sf_error(nil)) == Int($0) }
    let words = words(nil)
    let isAboutFiles = !saysContent && (words.contains("File") || words.contains("ystem error"))
    return isAboutFiles
      ? "is no sound file that can be read: its content cannot be decoded"
      : "is no sound file that can be read: \(words)"
  }

  /// libsndfile's own words, without the full stop.
  private static func words(_ handle: OpaquePointer?) -> String {
    var text = sf_strerror(handle).map { String(cString: $0) } ?? "no reason is given"
    if text.hasPrefix("Error : ") { text.removeFirst(8) }
    while let last = text.last, last == "." || last.isWhitespace { text.removeLast() }
    return text
  }
}
