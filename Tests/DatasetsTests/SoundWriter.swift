import CSndFile
import Foundation
import Testing

/// Sound in any container and encoding that libsndfile writes.
enum SoundWriter {
  /// Writes `samples`, interleaved, as `format` says: a major format, an encoding, a byte order.
  @discardableResult
  static func write(
    _ samples: [Float], as format: Int32, channels: Int = 1, rate: Int = 16_000,
    variableRate: Bool = false, to path: String
  ) throws -> [UInt8] {
    var info = SF_INFO()
    info.samplerate = Int32(rate)
    info.channels = Int32(channels)
    info.format = format
    let file = try #require(sf_open(path, Int32(SFM_WRITE), &info), "\(format)")
    if variableRate {
      var mode = Int32(SF_BITRATE_MODE_VARIABLE)
      sf_command(file, Int32(SFC_SET_BITRATE_MODE), &mode, Int32(MemoryLayout<Int32>.size))
    }
    let frames = sf_count_t(samples.count / channels)
    #expect(sf_writef_float(file, samples, frames) == frames)
    sf_close(file)
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// A tone, louder and louder, so that no part of it is like another.
  static func tone(_ count: Int) -> [Float] {
    (0..<count).map { 0.5 * Float($0) / Float(count) * sin(Float($0) * 0.05) }
  }
}
