import Glibc
import Storage
import Tensors

/// An open sound file: what libsndfile and libmpg123 know, told by its content, whatever its name.
///
/// Opening reads the header alone (of MPEG audio, the headers of all frames). Nothing a header claims
/// is allocated: memory grows with what decodes.
public struct SoundFile {
  /// The longest clip that is read, in frames: 512 MB of mono, 2.3 hours at 16 kHz.
  public static let mostFrames = 1 << 27
  /// Sampling rates that a file may have, in hertz.
  public static let sampleRates = 100...1_000_000
  /// More channels than any recording of a scene has are a broken header.
  public static let mostChannels = 64

  /// The file, as errors name it.
  public let path: String
  /// Frames per second.
  public var sampleRateHertz: Int { decoder.sampleRateHertz }
  /// Samples per frame.
  public var channelCount: Int { decoder.channelCount }
  /// The number of frames; nil where only decoding tells. `read` refuses a file that holds fewer.
  public var frameCount: Int? { decoder.frameCount }

  private let decoder: any SoundDecoder

  /// Opens a file that `InputFile.open` accepts and checks its header.
  public init(_ path: String) throws {
    // By descriptor: given a name, libsndfile takes unknown bytes for sound if the suffix says so.
    let descriptor = try InputFile.open(path).descriptorToGiveAway()
    self.path = path
    decoder = try Self.decoder(of: descriptor, path)
    if let problem { throw FileError(path, problem) }
  }

  /// Decodes the whole file into `samples`: one channel, -1 … 1 for integer formats.
  ///
  /// Integers of b bits are divided by 2^(b - 1); floats are taken as they are, but NaN and
  /// infinity are refused. Both arrays keep their room for the next file; `block` is scratch.
  /// - Returns: the mean of all channels over the whole file.
  @discardableResult
  public func read(
    into samples: inout [Float], block: inout [Float], _ mix: ChannelMix = .mean
  ) throws -> Double {
    let blockFrames = 4096
    var sum = 0.0
    samples.removeAll(keepingCapacity: true)
    if block.count < blockFrames * channelCount {
      block = [Float](repeating: 0, count: blockFrames * channelCount)
    }
    while samples.count < frameCount ?? .max {
      try LongWork.step()
      let wanted = min(blockFrames, (frameCount ?? .max) - samples.count)
      var room = block.mutableSpan
      let got = try decoder.read(&room, frames: wanted)
      guard got > 0 else { break }
      let first = samples.count
      sum += append(block, frames: got, to: &samples, mix)
      guard samples.count <= Self.mostFrames else {
        throw FileError(path, Self.tooLong("more than \(Self.mostFrames)"))
      }
      // A channel's NaN or infinity survives the mean, so one look at the mean is enough.
      if let bad = samples[first...].firstIndex(where: { !$0.isFinite }) {
        throw FileError(
          path, "frame \(bad) is \(samples[bad]), expected finite samples; convert the file again")
      }
    }
    if let problem = decoder.endProblem(after: samples.count) { throw FileError(path, problem) }
    guard !samples.isEmpty else { throw FileError(path, "holds no sound") }
    return sum / Double(samples.count)
  }

  /// Appends one channel made of `frames`; returns the sum of the means of their channels.
  private func append(
    _ block: [Float], frames: Int, to samples: inout [Float], _ mix: ChannelMix
  ) -> Double {
    var total = 0.0
    if channelCount == 1 {
      samples.append(contentsOf: block[..<frames])
      for frame in 0..<frames { total += Double(block[frame]) }
      return total
    }
    let (block, channelCount) = (block.span, channelCount)
    for frame in 0..<frames {
      var sum: Float = 0
      for channel in 0..<channelCount { sum += block[frame * channelCount + channel] }
      let mean = sum / Float(channelCount)
      samples.append(mix == .mean || !mean.isFinite ? mean : block[frame * channelCount])
      total += Double(mean)
    }
    return total
  }

  /// Hands `descriptor` to the library that knows what is in the file.
  private static func decoder(of descriptor: Int32, _ path: String) throws -> any SoundDecoder {
    let bytes = SoundBytes(descriptor: descriptor)
    let extent = SoundExtent(descriptor: descriptor)
    if MPEGStream.isMPEG(bytes) {
      return try MPEGDecoder(descriptor: descriptor, range: 0..<bytes.count, place: path)
    }
    if let extent, extent.isMPEG {
      if extent.isCutOff(frameByteCount: 1) {
        close(descriptor)
        throw FileError(path, extent.problem)
      }
      let range = extent.offset..<extent.offset + min(extent.promised, extent.present)
      return try MPEGDecoder(descriptor: descriptor, range: range, place: path)
    }
    let decoder: SndFileDecoder
    do {
      decoder = try SndFileDecoder(descriptor: descriptor, place: path)
    } catch {
      // Some formats are malformed to libsndfile where they are only cut off.
      if let extent, extent.isCutOff(frameByteCount: 1) { throw FileError(path, extent.problem) }
      throw error
    }
    if let extent, extent.isCutOff(frameByteCount: decoder.frameByteCount) {
      throw FileError(path, extent.problem)
    }
    return decoder
  }

  /// What is wrong with the header, if anything.
  private var problem: String? {
    if !Self.sampleRates.contains(sampleRateHertz) {
      "has the sampling rate \(sampleRateHertz) Hz, expected \(Self.sampleRates.lowerBound) to "
        + "\(Self.sampleRates.upperBound)"
    } else if !(1...Self.mostChannels).contains(channelCount) {
      "has \(channelCount) channels, expected 1 to \(Self.mostChannels)"
    } else if let frameCount, frameCount <= 0 {
      "holds no sound: its header counts \(frameCount) frames"
    } else if let frameCount, frameCount > Self.mostFrames {
      Self.tooLong("\(frameCount)")
    } else {
      nil
    }
  }

  private static func tooLong(_ frames: String) -> String {
    "claims \(frames) frames, at most \(mostFrames) are read; cut it into clips"
  }
}
