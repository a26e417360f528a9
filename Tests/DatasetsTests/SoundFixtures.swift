import Foundation

@testable import Datasets

/// A folder for one test, gone afterwards.
final class SoundFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("sound-\(UInt64.random(in: .min ... .max))")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and gives its whole path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = "\(path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }
}

/// The bytes of a WAV file, every field of which a test may falsify.
struct WaveBytes {
  enum Format: UInt16 {
    case integers = 1
    case floats = 3
  }

  var format = Format.integers
  /// The number that stands for another format; nil: that of `format`.
  var tag: UInt16?
  var channels: UInt16 = 1
  var rate: UInt32 = 16_000
  var bits: UInt16 = 16
  var data: [UInt8] = []
  /// The length the data chunk claims; nil: the true one.
  var claimed: UInt32?
  /// Chunks that stand between `fmt ` and `data`.
  var between: [UInt8] = []

  /// Mono or interleaved 16-bit samples.
  init(_ samples: [Int16] = [], channels: UInt16 = 1, rate: UInt32 = 16_000) {
    data = samples.flatMap(littleEndian)
    self.channels = channels
    self.rate = rate
  }

  /// Mono float32 samples.
  init(floats: [Float]) {
    data = floats.flatMap { littleEndian($0.bitPattern) }
    format = .floats
    bits = 32
  }

  /// Samples of some other format, as bytes.
  init(_ format: Format, bits: UInt16, data: [UInt8]) {
    self.format = format
    self.bits = bits
    self.data = data
  }

  var bytes: [UInt8] {
    let blockAlign = channels &* (bits / 8)
    var header =
      Array("fmt ".utf8) + littleEndian(UInt32(16)) + littleEndian(tag ?? format.rawValue)
    header += littleEndian(channels) + littleEndian(rate)
    header += littleEndian(rate &* UInt32(blockAlign)) + littleEndian(blockAlign)
    header += littleEndian(bits) + between + Array("data".utf8)
    header += littleEndian(claimed ?? UInt32(data.count))
    let riff = UInt32(4 + header.count + data.count)
    return Array("RIFF".utf8) + littleEndian(riff) + Array("WAVE".utf8) + header + data
  }
}

func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian, Array.init)
}

/// Float32 values that the script beside them computed.
func soundGolden(_ name: String) throws -> [Float] {
  let bytes = try InputFile.read(soundGoldenPath("sound_\(name).f32"))
  return stride(from: 0, to: bytes.count, by: 4).map { offset in
    Float(bitPattern: bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
  }
}

func soundGoldenPath(_ name: String) -> String {
  Bundle.module.bundlePath + "/Golden/\(name)"
}

/// Decodes one file.
func decoded(_ path: String) throws -> [Float] {
  var samples: [Float] = []
  var block: [Float] = []
  try SoundFile(path).read(into: &samples, block: &block)
  return samples
}

/// What a call threw, as a sentence.
func refusal(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing was refused"
  } catch {
    return "\(error)"
  }
}
