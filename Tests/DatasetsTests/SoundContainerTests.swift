import CSndFile
import Foundation
import Testing

@testable import Datasets

/// Containers that say how long their sound is, whole and cut off.
@Suite struct SoundContainerTests {
  struct Container: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let format: Int32

    init(_ name: String, _ major: Int, _ order: Int = 0) {
      testDescription = name
      format = Int32(major | order | SF_FORMAT_PCM_16)
    }
  }

  static let containers = [
    Container("RIFF", SF_FORMAT_WAV), Container("RIFX", SF_FORMAT_WAV, SF_ENDIAN_BIG),
    Container("RF64", SF_FORMAT_RF64), Container("W64", SF_FORMAT_W64),
    Container("AIFF", SF_FORMAT_AIFF), Container("AIFC", SF_FORMAT_AIFF, SF_ENDIAN_LITTLE),
    Container("8SVX", SF_FORMAT_SVX), Container("CAF", SF_FORMAT_CAF),
    Container("AU", SF_FORMAT_AU), Container("little AU", SF_FORMAT_AU, SF_ENDIAN_LITTLE),
    Container("SPHERE", SF_FORMAT_NIST),
  ]

  private let folder: SoundFolder

  init() throws { folder = try SoundFolder() }

  private var path: String { "\(folder.path)/a.wav" }

  @Test(arguments: containers) func `sound that is cut off is refused`(_ container: Container)
    throws
  {
    let tone = SoundWriter.tone(4001)
    let whole = try SoundWriter.write(tone, as: container.format, to: path)
    #expect(try decoded(path).count == tone.count)
    // The sound is the last thing in the file, but for a byte that evens it out.
    for missing in [4, whole.count / 4, 8000] {
      try folder.write("a.wav", Array(whole.dropLast(missing)))
      let sentence = refusal { _ = try decoded(path) }
      #expect(
        sentence.hasPrefix("\(path): is cut off: its header promises 8002 bytes of sound, but "),
        "\(missing): \(sentence)")
    }
  }

  @Test func `a promise of bytes that make no frame is no loss`() throws {
    for (container, place, width) in [
      ("RIFF", 40, 4), ("RIFX", 40, 4), ("AU", 8, 4), ("AIFF", 42, 4),
    ] {
      let chosen = try #require(Self.containers.first { $0.testDescription == container })
      var bytes = try SoundWriter.write(SoundWriter.tone(100), as: chosen.format, to: path)
      // The lowest byte of the length.
      let isBig = container != "RIFF"
      let length = isBig ? place + width - 1 : place
      try #require(bytes[length] == (container == "AIFF" ? 208 : 200), "\(container)")
      bytes[length] += 1
      try folder.write("a.wav", bytes)
      #expect(try decoded(path).count == 100, "\(container)")
      bytes[length] += 1
      try folder.write("a.wav", bytes)
      #expect(refusal { _ = try decoded(path) }.contains("is cut off"), "\(container)")
    }
  }

  @Test func `a length that was never filled in means up to the end`() throws {
    for (container, place, value) in [
      ("AU", 8, UInt32.max), ("RIFF", 40, 0x7FFF_F000), ("RF64", 20, 0),
    ] {
      let chosen = try #require(Self.containers.first { $0.testDescription == container })
      var bytes = try SoundWriter.write(SoundWriter.tone(100), as: chosen.format, to: path)
      bytes.replaceSubrange(place..<place + 4, with: littleEndian(value))
      try folder.write("a.wav", bytes)
      #expect(try decoded(path).count == 100, "\(container)")
    }
  }

  @Test(arguments: [
    ("FLAC", SF_FORMAT_FLAC, SF_FORMAT_PCM_16), ("Vorbis", SF_FORMAT_OGG, SF_FORMAT_VORBIS),
    ("Opus", SF_FORMAT_OGG, SF_FORMAT_OPUS),
  ])
  func `compressed sound is read whole, and refused when it is cut off`(
    name: String, major: Int, encoding: Int
  ) throws {
    let tone = SoundWriter.tone(48_000)
    let whole = try SoundWriter.write(tone, as: Int32(major | encoding), to: path)
    let found = try decoded(path)
    #expect(found.count == tone.count)
    // Opus shifts the phase of a tone.
    let error = zip(found, tone).map { abs($0 - $1) }.max() ?? 1
    #expect(name == "Opus" || error < 0.1)
    for kept in [whole.count - 1, whole.count * 3 / 4, whole.count / 2] {
      try folder.write("a.wav", Array(whole.prefix(kept)))
      let sentence = refusal { _ = try decoded(path) }
      let reasons = ["end of its Ogg stream", "of 48000 frames", "no sound file"]
      #expect(reasons.contains { sentence.contains($0) }, "\(sentence)")
      #expect(sentence.hasPrefix("\(path): "))
    }
  }

  @Test func `FLAC that does not say how long it is is read to its end`() throws {
    let tone = SoundWriter.tone(30_000)
    var bytes = try SoundWriter.write(
      tone, as: Int32(SF_FORMAT_FLAC | SF_FORMAT_PCM_16), to: path)
    // The number of frames: the lower half of byte 21, and four more.
    bytes[21] &= 0xF0
    bytes.replaceSubrange(22..<26, with: [0, 0, 0, 0])
    try folder.write("a.wav", bytes)
    #expect(try SoundFile(path).frameCount == nil)
    #expect(try decoded(path).count == tone.count)
  }
}
