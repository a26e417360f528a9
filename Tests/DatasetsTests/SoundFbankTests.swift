import Foundation
import Storage
import Tensors
import Testing

@testable import Datasets

/// Kaldi's filter banks: against its own library, and against the formula.
@Suite struct SoundFbankTests {
  private static func tones(_ t: Double) -> Double {
    0.3 * sin(2 * Double.pi * 440 * t) + 0.1 * sin(2 * Double.pi * 3000 * t * t)
  }

  /// The sound of `fbank_golden.py`.
  private func sound(_ rate: Int, _ seconds: Double) -> [Float] {
    (0..<Int(Double(rate) * seconds)).map { sample in
      let t = Double(sample) / Double(rate)
      let x = Self.tones(t)
      let noise = Double(sample * 7919 % 1009) / 1009 - 0.5
      return Float(x + 0.02 * noise + 0.05)
    }
  }

  private func options() -> SpectrogramOptions {
    var options = SpectrogramOptions()
    options.kind = .fbank
    return options
  }

  private func fbank(_ samples: [Float], _ rate: Int, _ options: SpectrogramOptions) throws
    -> [Float]
  {
    let mean = Float(samples.reduce(0) { $0 + Double($1) } / Double(samples.count))
    let spectrogram = try Spectrogram(
      options, sampleRateHertz: rate, sampleCount: samples.count)
    var output = [Float](repeating: .nan, count: spectrogram.shape.elementCount)
    var room = output.mutableSpan
    let centred = samples.map { $0 - mean }
    spectrogram.transform(centred.span, into: &room)
    return output
  }

  @Test func `values are those of Kaldi's library`() throws {
    var band = options()
    band.bands = 40
    band.lowestHertz = 50
    band.highestHertz = 9000
    for (rate, options) in [(16_000, options()), (22_050, band)] {
      let found = try fbank(sound(rate, 0.3), rate, options)
      let expected = try soundGolden("fbank_\(rate)")
      try #require(found.count == expected.count)
      // Both are float32; the formula in float64 is 3.3e-4 away from the library's.
      let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
      #expect(worst < 1e-3, "\(rate): \(worst)")
    }
  }

  @Test func `the check values of the formula`() throws {
    let samples = (0..<16_000).map { sample in
      Float(Self.tones(Double(sample) / 16_000))
    }
    let found = try fbank(samples, 16_000, options())
    #expect(found.count == 128 * 98)
    for (frame, band, expected) in [
      (0, 0, Float(-3.60905)), (0, 1, -5.58498), (0, 20, -1.38269), (0, 60, -15.94239),
      (50, 0, -14.73966), (50, 20, -1.38130),
    ] {
      // Far below the loudest band float32 has fewer digits.
      let bound: Float = expected > -10 ? 1e-4 : 2e-3
      let value = found[band * 98 + frame]
      #expect(abs(value - expected) < bound, "frame \(frame), band \(band): \(value)")
    }
    // No frequency of the transform lies within band 3.
    #expect((0..<98).allSatisfy { found[3 * 98 + $0] == Float(log(1.1920929e-7)) })
  }

  @Test func `window and hop are 25 and 10 ms, rounded down`() throws {
    for (rate, window, transform, hop) in [
      (16_000, 400, 512, 160), (22_050, 551, 1024, 220), (44_100, 1102, 2048, 441),
    ] {
      let layout = try SpectrogramLayout(options(), sampleRateHertz: rate)
      #expect(layout.window == window)
      #expect(layout.transform == transform)
      #expect(layout.hop == hop)
    }
    var ten = AudioOptions()
    ten.spectrogram.kind = .fbank
    ten.seconds = 10
    #expect(try ten.sampleShape() == [128, 998, 1])
    ten.seconds = nil
    ten.spectrogram.frames = 1024
    #expect(try ten.sampleCount() == 164_080)
    #expect(try ten.sampleShape() == [128, 1024, 1])
  }

  @Test func `frames that are missing are zeros, and normalised like all others`() throws {
    let samples = sound(16_000, 0.3)
    var longer = options()
    longer.frames = 40
    longer.normalisation = .cavmae
    let plain = try fbank(samples, 16_000, options())
    let found = try fbank(samples, 16_000, longer)
    for band in 0..<128 {
      for frame in 0..<40 {
        let value = frame < 28 ? plain[band * 28 + frame] : 0
        #expect(found[band * 40 + frame] == (value + 5.081) / 4.4849)
      }
    }
    #expect(abs(found[39] - 1.133) < 1e-3)
    var shorter = options()
    shorter.frames = 9
    let cut = try fbank(samples, 16_000, shorter)
    for band in 0..<128 {
      #expect(cut[band * 9..<band * 9 + 9] == plain[band * 28..<band * 28 + 9])
    }
  }

  @Test func `the sets of fixed numbers are those of their authors`() {
    #expect(FixedNormalisation.cavmae == .init(mean: -5.081, deviation: 4.4849))
    #expect(FixedNormalisation.kinetics == .init(mean: -4.503877, deviation: 10.282552))
  }

  @Test func `what fbank has not is refused`() {
    var centred = options()
    centred.isCentred = true
    #expect(
      refusal { _ = try SpectrogramLayout(centred, sampleRateHertz: 16_000) }
        == "spectrogram.centred: is true, but fbank has no such form; leave the key out")
    #expect(
      refusal { _ = try options().outputShape(sampleRateHertz: 16_000, sampleCount: 399) }
        == "spectrogram.window: is 400 samples, but a clip has 399; lengthen the clips or shorten the "
        + "window")
    var none = options()
    none.frames = 0
    #expect(
      refusal { _ = try none.outputShape(sampleRateHertz: 16_000, sampleCount: 400) }
        == "spectrogram.frames: is 0, expected 1 to 1048576")
  }
}
