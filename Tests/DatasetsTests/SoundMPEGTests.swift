import CSndFile
import Foundation
import Storage
import Testing

@testable import Datasets

/// MP3, bare and within WAV.
@Suite struct SoundMPEGTests {
  private let folder: SoundFolder
  private var path: String { "\(folder.path)/a.mp3" }

  init() throws { folder = try SoundFolder() }

  /// An MP3 of a tone: its first frame counts the others.
  private func mp3(_ samples: [Float], channels: Int = 1, variableRate: Bool = true) throws
    -> [UInt8]
  {
    try SoundWriter.write(
      samples, as: Int32(SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III), channels: channels,
      variableRate: variableRate, to: path)
  }

  /// The bytes without the frame that counts, and how many frames that are.
  private func uncounted(_ bytes: [UInt8]) throws -> (bytes: [UInt8], frames: Int) {
    let tag = try #require(["Xing", "Info"].compactMap { find($0, in: bytes) }.first)
    let frames = bytes[tag + 8..<tag + 12].reduce(0) { $0 << 8 | Int($1) }
    // The next frame begins as the first does, but for rate and padding.
    let next = try #require(
      (tag..<bytes.count - 2).first { bytes[$0] == 0xFF && bytes[$0 + 1] == bytes[1] })
    return (Array(bytes[next...]), frames)
  }

  private func find(_ text: String, in bytes: [UInt8]) -> Int? {
    let wanted = Array(text.utf8)
    return (0..<min(200, bytes.count - 4)).first { Array(bytes[$0..<$0 + 4]) == wanted }
  }

  private func wave(_ stream: [UInt8]) -> WaveBytes {
    var wave = WaveBytes()
    wave.tag = 0x55
    wave.bits = 0
    wave.data = stream
    return wave
  }

  @Test(arguments: [false, true]) func `a counted MP3 has the samples that were encoded`(
    variableRate: Bool
  ) throws {
    let tone = SoundWriter.tone(40_000)
    _ = try mp3(tone, variableRate: variableRate)
    let found = try decoded(path)
    #expect(found.count == tone.count)
    #expect((zip(found, tone).map { abs($0 - $1) }.max() ?? 1) < 0.05)
  }

  @Test(arguments: [false, true]) func `an MP3 that does not count its frames is read whole`(
    variableRate: Bool
  ) throws {
    // Quiet for a second, then loud: an estimate from the first frames is far off.
    let samples = [Float](repeating: 0, count: 16_000) + SoundWriter.tone(64_000)
    let counted = try mp3(samples, variableRate: variableRate)
    let (bytes, frames) = try uncounted(counted)
    let whole = try decoded(path)
    #expect(whole.count == samples.count)
    try folder.write("a.mp3", bytes)
    let found = try decoded(path)
    #expect(found.count == frames * 576)
    #expect(try SoundFile(path).frameCount == frames * 576)
    // The same sound, behind a delay that only the counting frame tells.
    let isThere = (0..<3000).contains { delay in
      (20_000..<20_100).allSatisfy { abs(found[$0 + delay] - whole[$0]) < 1e-6 }
    }
    #expect(isThere)
  }

  @Test func `an MP3 that is cut off is refused`() throws {
    let counted = try mp3(SoundWriter.tone(64_000))
    for kept in [counted.count * 3 / 4, counted.count / 2, counted.count - 1] {
      try folder.write("a.mp3", Array(counted.prefix(kept)))
      #expect(refusal { _ = try decoded(path) }.contains("MPEG frames, but "), "\(kept)")
    }
    let (bytes, _) = try uncounted(counted)
    // 36 bytes are the smallest frame, so that one of these is within a frame.
    for missing in [1, 20, 40] {
      try folder.write("a.mp3", Array(bytes.dropLast(missing)))
      #expect(
        refusal { _ = try decoded(path) }
          == "\(path): is cut off: its last MPEG frame is not whole",
        "\(missing)")
    }
  }

  @Test func `tags around an MP3 are no sound`() throws {
    let (bytes, frames) = try uncounted(mp3(SoundWriter.tone(20_000)))
    let front = Array("ID3".utf8) + [4, 0, 0, 0, 0, 1, 2] + [UInt8](repeating: 0xFF, count: 130)
    let back = Array("TAG".utf8) + [UInt8](repeating: 0x20, count: 125)
    try folder.write("a.mp3", front + bytes + back)
    #expect(try decoded(path).count == frames * 576)
  }

  @Test func `an MP3 within WAV is the same MP3`() throws {
    let bytes = try mp3(SoundWriter.tone(20_000))
    let bare = try decoded(path)
    try folder.write("a.wav", wave(bytes).bytes)
    #expect(try decoded("\(folder.path)/a.wav") == bare)
    let (uncounted, frames) = try uncounted(bytes)
    try folder.write("a.wav", wave(uncounted).bytes)
    #expect(try decoded("\(folder.path)/a.wav").count == frames * 576)
    var cut = wave(bytes)
    cut.claimed = UInt32(bytes.count + 1)
    try folder.write("a.wav", cut.bytes)
    #expect(refusal { _ = try decoded("\(folder.path)/a.wav") }.contains("is cut off: its header"))
  }

  @Test func `frames that are none are refused by the file's name`() throws {
    let nothing = (0..<400).map { UInt8(truncatingIfNeeded: $0 * 7) }
    try folder.write("a.wav", wave(nothing).bytes)
    let sentence = refusal { _ = try decoded("\(folder.path)/a.wav") }
    #expect(
      sentence.hasPrefix(
        "\(folder.path)/a.wav: is no sound file that can be read: its MPEG frames cannot be decoded"
      ))
    #expect(!sentence.contains("exist"))
  }

  @Test func `channels of an MP3 become their mean`() throws {
    let tone = SoundWriter.tone(20_000)
    _ = try mp3(tone.flatMap { [$0, 0] }, channels: 2)
    let found = try decoded(path)
    #expect(found.count == tone.count)
    #expect((zip(found, tone).map { abs($0 - $1 / 2) }.max() ?? 1) < 0.05)
  }

  @Test func `whatever part of an MP3 is missing or wrong, it is read or refused`() throws {
    let bytes = try mp3(SoundWriter.tone(8000))
    for place in stride(from: 0, to: bytes.count, by: 3) {
      var damaged = bytes
      damaged[place] ^= 0x55
      try folder.write("a.mp3", damaged)
      do {
        let samples = try decoded(path)
        #expect(samples.allSatisfy { $0.isFinite })
      } catch is FileError {}
    }
  }
}
