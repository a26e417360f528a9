import Foundation
import Storage
import Testing

@testable import Datasets

@Suite struct SoundFileTests {
  let folder: SoundFolder

  init() throws { folder = try SoundFolder() }

  private func samples(_ wave: WaveBytes) throws -> [Float] {
    try decoded(folder.write("a.wav", wave.bytes))
  }

  @Test func `integers of b bits are divided by 2 to the b - 1`() throws {
    #expect(try samples(WaveBytes([0, 16_384, -32_768, 1])) == [0, 0.5, -1, 1 / 32_768])
    #expect(
      try samples(WaveBytes(.integers, bits: 8, data: [128, 192, 0, 255]))
        == [0, 0.5, -1, 127 / 128])
    let three: [UInt8] = [0, 0, 0, 0, 0, 0x40, 0, 0, 0x80, 1, 0, 0]
    #expect(
      try samples(WaveBytes(.integers, bits: 24, data: three)) == [0, 0.5, -1, 1 / 8_388_608])
    let four = [Int32(0), 1 << 30, .min].flatMap(littleEndian)
    #expect(try samples(WaveBytes(.integers, bits: 32, data: four)) == [0, 0.5, -1])
  }

  @Test func `floats are taken as they are, even above 1`() throws {
    #expect(try samples(WaveBytes(floats: [0, -0.25, 3.5])) == [0, -0.25, 3.5])
    let doubles = [0.125, -2.0].flatMap { littleEndian($0.bitPattern) }
    #expect(try samples(WaveBytes(.floats, bits: 64, data: doubles)) == [0.125, -2])
  }

  @Test func `channels are mixed down by their mean`() throws {
    let stereo = WaveBytes([16_384, 0, -32_768, 16_384, 0, 0], channels: 2)
    #expect(try samples(stereo) == [0.25, -0.25, 0])
    #expect(try samples(WaveBytes([3, 6, 9], channels: 3)) == [6 / 32_768])
  }

  @Test func `clips longer than a block are whole, in every channel count`() throws {
    let ramp = (0..<10_000).map { Int16($0) }
    #expect(try samples(WaveBytes(ramp)) == ramp.map { Float($0) / 32_768 })
    let twice = ramp.flatMap { [$0, $0] }
    #expect(try samples(WaveBytes(twice, channels: 2)) == ramp.map { Float($0) / 32_768 })
  }

  @Test func `chunks before the data are skipped, odd ones with their padding`() throws {
    for text in ["Lavf", "odd"] {
      var wave = WaveBytes([7, -7])
      wave.between = Array("LIST".utf8) + littleEndian(UInt32(text.utf8.count)) + Array(text.utf8)
      if text.utf8.count % 2 == 1 { wave.between.append(0) }
      #expect(try samples(wave) == [7 / 32_768, -7 / 32_768])
    }
  }

  @Test func `the header is known before anything is decoded`() throws {
    let wave = WaveBytes([1, 2, 3, 4, 5, 6], channels: 2, rate: 22_050)
    let file = try SoundFile(folder.write("a.wav", wave.bytes))
    #expect(file.sampleRateHertz == 22_050)
    #expect(file.channelCount == 2)
    #expect(file.frameCount == 3)
  }

  @Test func `what is read replaces what an array held before`() throws {
    let file = try folder.write("a.wav", WaveBytes([16_384]).bytes)
    var (samples, block): ([Float], [Float]) = ([9, 9, 9], [])
    try SoundFile(file).read(into: &samples, block: &block)
    #expect(samples == [0.5])
  }

  @Test func `a data length that was never filled in means up to the end`() throws {
    var wave = WaveBytes([1, 2, 3])
    wave.claimed = .max
    #expect(try samples(wave).count == 3)
  }
}

/// Files that are refused, and the whole sentence about each.
@Suite struct SoundRefusalTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let sentence: String

    init(_ name: String, _ bytes: [UInt8], _ sentence: String) {
      testDescription = name
      self.bytes = bytes
      self.sentence = sentence
    }
  }

  static func falsified(_ change: (inout WaveBytes) -> Void) -> [UInt8] {
    var wave = WaveBytes([1, 2, 3, 4])
    change(&wave)
    return wave.bytes
  }

  static let cases = [
    Case("no bytes", [], "is empty"),
    Case(
      "text", Array("path,label\n".utf8),
      "is no sound file that can be read: Format not recognised"),
    Case(
      "a git-lfs pointer", Array("version https://git-lfs.github.com/spec/v1\noid".utf8),
      "is a git-lfs pointer, not the data; fetch the data with 'git lfs pull'"),
    Case("no frames", WaveBytes().bytes, "holds no sound: its header counts 0 frames"),
    Case(
      "channels without number", falsified { $0.channels = 0 },
      "is no sound file that can be read: Channel count is zero"),
    Case(
      "too many channels",
      falsified {
        $0.channels = 200
        $0.data += Array(repeating: 0, count: 800)
      },
      "has 200 channels, expected 1 to 64"),
    Case(
      "a rate of 1 Hz", falsified { $0.rate = 1 },
      "has the sampling rate 1 Hz, expected 100 to 1000000"),
    Case(
      "NaN", WaveBytes(floats: [0, 1, .nan]).bytes,
      "frame 2 is nan, expected finite samples; convert the file again"),
    Case(
      "infinity", WaveBytes(floats: [-.infinity]).bytes,
      "frame 0 is -inf, expected finite samples; convert the file again"),
    Case(
      "cut off", falsified { $0.claimed = 1000 },
      "is cut off: its header promises 1000 bytes of sound, but 8 are there"),
    Case(
      "cut off, behind an odd chunk",
      falsified {
        $0.between = Array("LIST".utf8) + littleEndian(UInt32(3)) + Array("odd".utf8) + [0]
        $0.claimed = 10
      },
      "is cut off: its header promises 10 bytes of sound, but 8 are there"),
    Case(
      "cut off in the header", Array(WaveBytes([1]).bytes.prefix(30)),
      "is no sound file that can be read: Error in WAV file. No 'data' chunk marker"),
  ]

  @Test(arguments: cases) func `a broken file is refused in one sentence`(_ item: Case) throws {
    let folder = try SoundFolder()
    let path = try folder.write("a.wav", item.bytes)
    #expect(refusal { _ = try decoded(path) } == "\(path): \(item.sentence)")
  }

  @Test func `what is no file is refused and not waited for`() throws {
    let folder = try SoundFolder()
    #expect(refusal { _ = try decoded(folder.path) }.hasSuffix("is a directory, expected a file"))
    #expect(mkfifo("\(folder.path)/pipe", 0o600) == 0)
    #expect(refusal { _ = try decoded("\(folder.path)/pipe") }.hasSuffix("is not a regular file"))
    #expect(
      refusal { _ = try decoded("\(folder.path)/none.wav") }
        .hasSuffix("none.wav: no such file; --set data.root=DIR says where relative paths start"))
  }

  @Test func `a refused file is closed`() throws {
    let folder = try SoundFolder()
    for item in Self.cases {
      let path = try folder.write("a.wav", item.bytes)
      _ = refusal { _ = try decoded(path) }
    }
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
      return target?.hasPrefix(folder.path) ?? false
    }
    #expect(open == [])
  }

  @Test func `whatever byte of a file is wrong, it is read or refused`() throws {
    let folder = try SoundFolder()
    let whole = WaveBytes(floats: [0.5, 0.25, -0.5]).bytes
    var refused = 0
    for position in whole.indices {
      for flip: UInt8 in [0x01, 0x10, 0x80, 0xFF] {
        var bytes = whole
        bytes[position] ^= flip
        let path = try folder.write("a.wav", bytes)
        do {
          let samples = try decoded(path)
          #expect(samples.count <= whole.count)
          #expect(samples.allSatisfy { $0.isFinite })
        } catch is FileError {
          refused += 1
        }
      }
    }
    #expect(refused > 20)
  }
}
