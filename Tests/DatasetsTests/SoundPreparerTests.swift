import Tensors
import Testing

@testable import Datasets

/// What `decode` and `prepare` make of a sound, beside plain windows, which `SoundSourceTests` has.
@Suite struct SoundPreparerTests {
  private let folder: SoundFolder

  init() throws { folder = try SoundFolder() }

  private func item(_ name: String) -> MediaItem {
    MediaItem(id: name, label: 0, path: "\(folder.path)/\(name)", place: "list.csv:2")
  }

  private func options() -> AudioOptions {
    var options = AudioOptions()
    options.sampleRateHertz = 8000
    options.seconds = 0.008
    options.spectrogram.kind = .logMagnitude
    options.spectrogram.window = 8
    options.spectrogram.hop = 8
    options.spectrogram.isCentred = false
    return options
  }

  private func sample(
    _ options: AudioOptions, _ name: String = "a.wav", seed: UInt64? = nil
  ) throws -> [Float] {
    let preparer = try SoundPreparer(options)
    var random = seed.map { SeededGenerator(seed: $0, stream: "test") }
    var output = [Float](repeating: .nan, count: preparer.sampleShape.elementCount)
    var room = output.mutableSpan
    preparer.prepare(try preparer.decode(item(name)), random: &random, into: &room)
    return output
  }

  /// The spectrogram of a clip.
  private func picture(_ options: AudioOptions, _ clip: [Float], longest: Int? = nil) throws
    -> [Float]
  {
    let spectrogram = try Spectrogram(
      options.spectrogram, sampleRateHertz: options.sampleRateHertz,
      sampleCount: longest ?? clip.count)
    var output = [Float](repeating: .nan, count: spectrogram.shape.elementCount)
    var room = output.mutableSpan
    spectrogram.transform(clip.span, into: &room)
    return output
  }

  private let ramp = (0..<301).map { Int16($0 * $0 / 3) }
  private var floats: [Float] { ramp.map { Float($0) / 32_768 } }

  @Test func `what is never random is finished when it is decoded`() throws {
    try folder.write("a.wav", WaveBytes(ramp, rate: 8000).bytes)
    let preparer = try SoundPreparer(options())
    let decoded = try preparer.decode(item("a.wav"))
    #expect(decoded.shape == preparer.sampleShape)
    #expect(try sample(options()) == picture(options(), Array(floats[..<64])))
    #expect(try sample(options(), seed: 1) == sample(options()))
  }

  @Test func `random pieces are cut of the whole sound, the middle in evaluation`() throws {
    try folder.write("a.wav", WaveBytes(ramp, rate: 8000).bytes)
    var random = options()
    random.alignment = .random
    let decoded = try SoundPreparer(random).decode(item("a.wav"))
    #expect(decoded.shape == [301])
    // 301 - 64 = 237 samples too many.
    #expect(try sample(random) == picture(options(), Array(floats[118..<182])))
    let pieces = try (0..<8).map { try sample(random, seed: $0) }
    #expect(Set(pieces).count > 4)
    let possible = try Set((0...237).map { try picture(options(), Array(floats[$0..<$0 + 64])) })
    #expect(pieces.allSatisfy(possible.contains))
    #expect(try sample(random, seed: 3) == pieces[3])
  }

  @Test func `the first channel can stand for all`() throws {
    let stereo = ramp.flatMap { [$0, Int16(5000)] }
    try folder.write("a.wav", WaveBytes(stereo, channels: 2, rate: 8000).bytes)
    var first = options()
    first.channels = .first
    #expect(try sample(first) == picture(options(), Array(floats[..<64])))
    let mean = floats.map { ($0 + 5000 / 32_768) / 2 }
    #expect(try sample(options()) == picture(options(), Array(mean[..<64])))
  }

  @Test func `for fbank the mean of all channels over the whole file is taken off`() throws {
    let stereo = ramp.flatMap { [$0, Int16(5000)] }
    try folder.write("a.wav", WaveBytes(stereo, channels: 2, rate: 8000).bytes)
    var fbank = AudioOptions()
    fbank.sampleRateHertz = 8000
    fbank.seconds = nil
    fbank.channels = .first
    fbank.spectrogram.kind = .fbank
    fbank.spectrogram.bands = 20
    fbank.spectrogram.frames = 4
    let sum = floats.reduce(0) { $0 + Double($1) } / 301 + 5000 / 32_768
    let centred = floats.map { $0 - Float(sum / 2) }
    // 301 samples make 2 frames of 200; two of zeros follow.
    let found = try sample(fbank)
    let expected = try picture(fbank, centred, longest: 440)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect((0..<20).allSatisfy { found[$0 * 4 + 2] == 0 && found[$0 * 4 + 3] == 0 })
    #expect(found[0] != 0 && found[1] != 0)
  }

  @Test func `a whole file's frames are those of the file, cut`() throws {
    try folder.write("a.wav", WaveBytes(ramp, rate: 8000).bytes)
    for isCentred in [false, true] {
      var whole = options()
      whole.seconds = nil
      whole.spectrogram.isCentred = isCentred
      whole.spectrogram.frames = 11
      let found = try sample(whole)
      var all = whole
      all.spectrogram.frames = nil
      let every = try picture(all, floats)
      let width = every.count / 5
      for band in 0..<5 {
        #expect(found[band * 11..<band * 11 + 11] == every[band * width..<band * width + 11])
      }
    }
  }

  @Test func `a sound that is shorter than a window is refused`() throws {
    try folder.write("a.wav", WaveBytes([1, 2, 3], rate: 8000).bytes)
    var whole = options()
    whole.seconds = nil
    whole.spectrogram.frames = 2
    #expect(
      refusal { _ = try sample(whole) }
        == "\(folder.path)/a.wav: holds 3 samples at 8000 Hz, expected at least a window of 8; leave the "
        + "file out, or give 'seconds' a number")
    whole.tileSeconds = 0.001
    #expect(try sample(whole).count == 10)
  }

  @Test func `samples beyond 1 are set to it where that is asked for`() throws {
    let loud = (0..<64).map { Float($0) / 20 - 1.5 }
    try folder.write("a.wav", WaveBytes(floats: loud).bytes)
    var clipped = options()
    clipped.sampleRateHertz = 16_000
    clipped.seconds = 0.004
    let all = try sample(clipped)
    clipped.clips = true
    #expect(try sample(clipped) != all)
    #expect(try sample(clipped) == picture(clipped, loud.map { min(1, max(-1, $0)) }))
  }

  @Test func `training alone gets noise and turns`() throws {
    try folder.write("a.wav", WaveBytes(ramp, rate: 8000).bytes)
    let plain = try sample(options())
    var jittered = options()
    jittered.spectrogram.jitter = 0.1
    #expect(try sample(jittered) == plain)
    let noisy = try sample(jittered, seed: 5)
    let differences = zip(noisy, plain).map { $0 - $1 }
    #expect(differences.allSatisfy { $0 >= -1e-6 && $0 < 0.1 })
    #expect(Set(differences).count > 20)
    var rolled = options()
    rolled.spectrogram.roll = 3
    #expect(try sample(rolled) == plain)
    // 5 bands of 8 frames, turned by -3 to 2.
    let turns = (-3...2).map { (shift: Int) -> [Float] in
      (0..<40).map { (place: Int) -> Float in
        let (band, frame) = (place / 8, place % 8)
        return plain[band * 8 + (frame - shift + 8) % 8]
      }
    }
    let found = try Set((0..<60).map { try sample(rolled, seed: $0) })
    #expect(found == Set(turns))
  }
}
