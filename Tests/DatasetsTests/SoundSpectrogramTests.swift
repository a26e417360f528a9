import Foundation
import Testing

@testable import Datasets

@Suite struct SoundSpectrogramTests {
  /// The spectrogram of the first samples of the golden clip.
  private func spectrogram(_ count: Int, _ options: SpectrogramOptions) throws -> [Float] {
    let samples = Array(try decoded(soundGoldenPath("sound_chirp.wav")).prefix(count))
    let spectrogram = try Spectrogram(options, sampleRateHertz: 16_000, sampleCount: count)
    var output = [Float](repeating: .nan, count: spectrogram.shape.elementCount)
    var room = output.mutableSpan
    spectrogram.transform(samples.span, into: &room)
    return output
  }

  /// Expects logarithms to agree with librosa's in float64.
  ///
  /// A float32 transform errs by about 1e-7 of the loudest value, wherever that is. So within 40 dB
  /// (magnitudes: a factor 100) of it a value is right to 1e-5 and its logarithm to 1e-5; the bound
  /// is 1e-4. Quieter values lose digits one by one, so all are also compared before the logarithm,
  /// against the loudest.
  private func expectLogs(
    _ found: [Float], _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try soundGolden(name)
    try #require(found.count == expected.count, sourceLocation: sourceLocation)
    let loudest = try #require(expected.max())
    for (index, pair) in zip(found, expected).enumerated() {
      let (found, expected) = (Double(pair.0), Double(pair.1))
      let isClose =
        expected < Double(loudest) - 4.6
        ? abs(exp(found) - exp(expected)) < 1e-6 * exp(Double(loudest))
        : abs(found - expected) < 1e-4
      if !isClose {
        Issue.record(
          "\(name)[\(index)] is \(found), expected \(expected)", sourceLocation: sourceLocation)
        return
      }
    }
  }

  private func plain(_ window: Int, _ hop: Int, centred: Bool = true) -> SpectrogramOptions {
    var options = SpectrogramOptions()
    options.kind = .logMagnitude
    options.window = window
    options.hop = hop
    options.isCentred = centred
    return options
  }

  @Test func `log magnitudes are librosa's, centred or not, for odd windows too`() throws {
    try expectLogs(spectrogram(1000, plain(100, 40)), "stft_100_40")
    try expectLogs(spectrogram(1000, plain(75, 30)), "stft_75_30")
    try expectLogs(
      spectrogram(1000, plain(96, 50, centred: false)), "stft_96_50_uncentred")
  }

  @Test func `log-mel values are librosa's`() throws {
    try expectLogs(spectrogram(4000, SpectrogramOptions()), "mel_400_160")
    var options = SpectrogramOptions()
    options.window = 256
    options.hop = 100
    options.bands = 20
    options.lowestHertz = 50
    options.highestHertz = 7000
    options.isCentred = false
    try expectLogs(spectrogram(2000, options), "mel_256_100_band")
  }

  @Test func `mel filters are librosa's`() throws {
    let filters = MelFilterBank(
      sampleRateHertz: 16_000, window: 400, bands: 20, lowestHertz: 50, highestHertz: 7000)
    let expected = try soundGolden("filters_400_20")
    #expect(filters.weights.count == expected.count)
    let worst = zip(filters.weights, expected).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-8)
    #expect(filters.emptyBands == [])
  }

  @Test func `bands too narrow for a frequency are named`() {
    let filters = MelFilterBank(
      sampleRateHertz: 16_000, window: 400, bands: 201, lowestHertz: 0, highestHertz: 8000)
    // Below 1 kHz a triangle is 30 Hz wide and bins are 40 Hz apart; the first begins at bin 0.
    #expect(filters.emptyBands.prefix(2) == [0, 3])
  }

  @Test func `silence is the floor`() throws {
    for (options, floor) in [(plain(64, 16), 1e-7), (SpectrogramOptions(), Float(1e-10))] {
      let spectrogram = try Spectrogram(options, sampleRateHertz: 16_000, sampleCount: 500)
      var output = [Float](repeating: .nan, count: spectrogram.shape.elementCount)
      let silence = [Float](repeating: 0, count: 500)
      var room = output.mutableSpan
      spectrogram.transform(silence.span, into: &room)
      #expect(output.allSatisfy { abs($0 - log(floor)) < 1e-5 })
    }
  }

  @Test func `a cosine of bin k has its window's sum / 2 there`() throws {
    // sum of a periodic Hann window = n/2, so |S[k]| = n/4 in every frame that lies inside.
    let samples = (0..<256).map { Float(cos(2 * Double.pi * 5 * Double($0) / 64)) }
    let spectrogram = try Spectrogram(
      plain(64, 32, centred: false), sampleRateHertz: 16_000, sampleCount: 256)
    #expect(spectrogram.shape == [33, 7, 1])
    var output = [Float](repeating: 0, count: 33 * 7)
    var room = output.mutableSpan
    spectrogram.transform(samples.span, into: &room)
    for frame in 0..<7 { #expect(abs(exp(output[5 * 7 + frame]) - 16) < 1e-4) }
    for frame in 0..<7 { #expect(exp(output[20 * 7 + frame]) < 1e-4) }
  }

  @Test func `the shape is known without a clip`() throws {
    var options = AudioOptions()
    #expect(try options.sampleShape() == [64, 101, 1])
    options.seconds = 5
    options.spectrogram = plain(256, 128)
    #expect(try options.sampleShape() == [129, 626, 1])
  }

  @Test func `options that do not fit are refused by their key`() throws {
    func sentence(_ change: (inout AudioOptions) -> Void) -> String {
      var options = AudioOptions()
      change(&options)
      return refusal { _ = try options.sampleShape() }
    }
    #expect(
      sentence { $0.spectrogram.window = 0 }
        == "spectrogram.window: is 0 samples, expected 2 to 8192")
    #expect(
      sentence { $0.spectrogram.window = .max }
        == "spectrogram.window: is \(Int.max) samples, expected 2 to 8192")
    #expect(
      sentence { $0.spectrogram.hop = 0 } == "spectrogram.hop: is 0 samples, expected at least 1")
    #expect(
      sentence {
        $0.seconds = 0.01
        $0.spectrogram.isCentred = false
      }
        == "spectrogram.window: is 400 samples, but a clip has 160; "
        + "lengthen the clips, shorten the window, or set centred: true")
    #expect(
      sentence { $0.spectrogram.highestHertz = 8001 }
        == "spectrogram.high: is 8001.0 Hz, but 16000 Hz sound ends at 8000.0")
    #expect(
      sentence { $0.spectrogram.highestHertz = .nan }
        == "spectrogram.high: is nan Hz, but 16000 Hz sound ends at 8000.0")
    #expect(
      sentence { $0.spectrogram.lowestHertz = 8000 }
        == "spectrogram.low: is 8000.0 Hz, expected 0 to below the highest, 8000.0")
    #expect(
      sentence { $0.spectrogram.bands = 500 }
        == "spectrogram.bands: is 500, but a window of 400 samples has 201 frequencies")
    #expect(
      sentence {
        $0.seconds = 3600
        $0.spectrogram.hop = 1
      }
        == "spectrogram.hop: is 1 samples, which makes 57600001 frames of 400 samples a clip; "
        + "raise it or shorten the clips")
    #expect(
      sentence { $0.seconds = .infinity }
        == "seconds: is inf, expected 1 to 134217728 samples at 16000 Hz")
    #expect(sentence { $0.seconds = .nan }.hasPrefix("seconds: is nan"))
    #expect(
      sentence { $0.sampleRateHertz = -1 } == "sample_rate: is -1 Hz, expected 100 to 1000000")
  }
}
