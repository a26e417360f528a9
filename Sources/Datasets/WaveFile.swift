import CSndFile
import Glibc

/// An open sound file: WAV in all its variants, and what else libsndfile knows (FLAC, Ogg…).
///
/// Opening reads the header alone. Nothing a header claims is allocated: memory grows with what
/// decodes.
public struct WaveFile: ~Copyable {
  /// The longest clip that is read, in frames: 512 MB of mono, 2.3 hours at 16 kHz.
  public static let mostFrames = 1 << 27
  /// Sampling rates that a file may have, in hertz.
  public static let sampleRates = 100...1_000_000
  /// More channels than any recording of a scene has are a broken header.
  public static let mostChannels = 64

  /// The file, as errors name it.
  public let path: String
  /// Frames per second.
  public let sampleRateHertz: Int
  /// Samples per frame.
  public let channelCount: Int
  /// Frames by the header; `read` refuses a file that holds fewer.
  public let frameCount: Int

  private let handle: OpaquePointer

  /// Opens a file that `InputFile.check` accepts and checks its header.
  public init(_ path: String) throws {
    try InputFile.check(path)
    // By descriptor: given a name, libsndfile takes unknown bytes for sound if the suffix says so.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw DataError(path, "cannot be opened: \(String(cString: strerror(errno)))")
    }
    if let problem = WaveLength.problem(descriptor: descriptor) {
      close(descriptor)
      throw DataError(path, problem)
    }
    var info = SF_INFO()
    guard let handle = sf_open_fd(descriptor, Int32(SFM_READ), &info, 1) else {
      throw DataError(path, "is no sound file that can be read: \(Self.message(nil))")
    }
    if let problem = Self.problem(with: info) {
      sf_close(handle)
      throw DataError(path, problem)
    }
    self.path = path
    self.handle = handle
    sampleRateHertz = Int(info.samplerate)
    channelCount = Int(info.channels)
    frameCount = Int(info.frames)
  }

  deinit { sf_close(handle) }

  /// Decodes the whole file into `samples`: the mean of the channels, -1 … 1 for integer formats.
  ///
  /// Integers of b bits are divided by 2^(b - 1); floats are taken as they are, but NaN and
  /// infinity are refused. Both arrays keep their room for the next file; `block` is scratch.
  public borrowing func read(into samples: inout [Float], block: inout [Float]) throws {
    let blockFrames = 4096
    samples.removeAll(keepingCapacity: true)
    if block.count < blockFrames * channelCount {
      block = [Float](repeating: 0, count: blockFrames * channelCount)
    }
    while samples.count < frameCount {
      let wanted = min(blockFrames, frameCount - samples.count)
      let got = Int(sf_readf_float(handle, &block, sf_count_t(wanted)))
      guard got > 0 else { break }
      let first = samples.count
      appendMeans(of: block, frames: got, to: &samples)
      // A channel's NaN or infinity survives the mean, so one look at the mean is enough.
      if let bad = samples[first...].firstIndex(where: { !$0.isFinite }) {
        throw DataError(
          path, "frame \(bad) is \(samples[bad]), expected finite samples; convert the file again")
      }
    }
    guard samples.count == frameCount else {
      let reason = sf_error(handle) == 0 ? "the file is cut off" : Self.message(handle)
      throw DataError(
        path, "only \(samples.count) of \(frameCount) frames can be decoded: \(reason)")
    }
  }

  private func appendMeans(of block: [Float], frames: Int, to samples: inout [Float]) {
    if channelCount == 1 {
      samples.append(contentsOf: block[..<frames])
      return
    }
    block.withUnsafeBufferPointer { block in
      for frame in 0..<frames {
        var sum: Float = 0
        for channel in 0..<channelCount { sum += block[frame * channelCount + channel] }
        samples.append(sum / Float(channelCount))
      }
    }
  }

  /// What is wrong with a header, if anything.
  private static func problem(with header: SF_INFO) -> String? {
    if !sampleRates.contains(Int(header.samplerate)) {
      "has the sampling rate \(header.samplerate) Hz, expected \(sampleRates.lowerBound) to "
        + "\(sampleRates.upperBound)"
    } else if !(1...mostChannels).contains(Int(header.channels)) {
      "has \(header.channels) channels, expected 1 to \(mostChannels)"
    } else if header.frames <= 0 {
      "holds no sound: its header counts \(header.frames) frames"
    } else if header.frames > mostFrames {
      "claims \(header.frames) frames, at most \(mostFrames) are read; cut it into clips"
    } else {
      nil
    }
  }

  /// libsndfile's own words, without the full stop.
  private static func message(_ handle: OpaquePointer?) -> String {
    var text = sf_strerror(handle).map { String(cString: $0) } ?? "no reason is given"
    while let last = text.last, last == "." || last.isWhitespace { text.removeLast() }
    return text
  }
}
