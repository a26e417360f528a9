import CSndFile
import Foundation
import Testing

@testable import Datasets

/// What is odd about compressed sound, beside `SoundMPEGTests` and `SoundContainerTests`.
@Suite struct SoundTrapTests {
  private let folder: SoundFolder

  init() throws { folder = try SoundFolder() }

  private var path: String { "\(folder.path)/a.sound" }

  @Test func `what decodes to more than 1 stays so, unless it shall be cut`() throws {
    // A square wave at full scale overshoots at every edge.
    let square = (0..<16_000).map { (place: Int) -> Float in place / 40 % 2 == 0 ? 1 : -1 }
    for format in [
      SF_FORMAT_OGG | SF_FORMAT_VORBIS, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III,
    ] {
      try SoundWriter.write(square, as: Int32(format), to: path)
      #expect((try decoded(path).max() ?? 0) > 1.05)
      var options = AudioOptions()
      let item = MediaItem(id: "a", label: 0, path: path, place: "list.csv:2")
      options.alignment = .random
      for clips in [false, true] {
        options.clips = clips
        guard case .floats(let samples) = try SoundPreparer(options).decode(item).values else {
          Issue.record("no sound")
          return
        }
        #expect(((samples.max() ?? 0) > 1) == !clips)
        #expect(((samples.min() ?? 0) < -1) == !clips)
      }
    }
  }

  @Test func `Opus has the rate that its header notes, of those that it knows`() throws {
    for rate in [8000, 16_000, 48_000] {
      let tone = SoundWriter.tone(rate)
      try SoundWriter.write(
        tone, as: Int32(SF_FORMAT_OGG | SF_FORMAT_OPUS), rate: rate, to: path)
      #expect(try SoundFile(path).sampleRateHertz == rate)
      #expect(try decoded(path).count == rate)
    }
    // The note of the rate of what was encoded: four bytes, twelve behind the name.
    var bytes = try InputFile.read(path)
    let name = Array("OpusHead".utf8)
    let head = try #require((0..<100).first { Array(bytes[$0..<$0 + 8]) == name })
    #expect(bytes[head + 12..<head + 16].elementsEqual(littleEndian(UInt32(48_000))))
    bytes.replaceSubrange(head + 12..<head + 16, with: littleEndian(UInt32(44_100)))
    // The page's checksum, of which libogg makes sure.
    bytes.replaceSubrange(22..<26, with: [0, 0, 0, 0])
    let segments = Int(bytes[26])
    var length = 27 + segments
    for segment in bytes[27..<27 + segments] { length += Int(segment) }
    var sum: UInt32 = 0
    for byte in bytes[..<length] {
      sum ^= UInt32(byte) << 24
      for _ in 0..<8 {
        let carry: UInt32 = sum >> 31 == 0 ? 0 : 0x04C1_1DB7
        sum = sum << 1 ^ carry
      }
    }
    bytes.replaceSubrange(22..<26, with: littleEndian(sum))
    try folder.write("a.sound", bytes)
    #expect(try SoundFile(path).sampleRateHertz == 48_000)
  }

  @Test func `garbage within an MP3 is refused, and not taken for less sound`() throws {
    let format = Int32(SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III)
    let whole = try SoundWriter.write(SoundWriter.tone(160_000), as: format, to: path)
    try #require(whole.count > 8000)
    for count in [600, 2000] {
      var bytes = whole
      let middle = whole.count / 2
      for place in middle..<middle + count {
        bytes[place] = UInt8(truncatingIfNeeded: place * 31 | 1)
      }
      try folder.write("a.sound", bytes)
      let sentence = refusal { _ = try decoded(path) }
      #expect(
        sentence.hasPrefix("\(path): is damaged: its header promises "), "\(count): \(sentence)")
    }
  }

  @Test func `an MP3 that is named WAV is an MP3`() throws {
    let format = Int32(SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III)
    let bytes = try SoundWriter.write(SoundWriter.tone(20_000), as: format, to: path)
    try folder.write("b.wav", bytes)
    #expect(try decoded("\(folder.path)/b.wav").count == 20_000)
  }
}
