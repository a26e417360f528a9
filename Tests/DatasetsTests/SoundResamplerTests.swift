import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite struct SoundResamplerTests {
  private func sine(_ hertz: Double, rate: Int, count: Int) -> [Float] {
    (0..<count).map { Float(sin(2 * .pi * hertz * Double($0) / Double(rate))) }
  }

  @Test(arguments: [(22_050, 16_000), (8_000, 16_000), (48_000, 16_000)])
  func `a sine stays the same sine, without delay`(_ rates: (from: Int, to: Int)) throws {
    let resampler = try Resampler(from: rates.from, to: rates.to, place: "a.wav")
    var found: [Float] = []
    try resampler.convert(
      sine(440, rate: rates.from, count: rates.from / 2), into: &found, place: "a.wav")
    let expected = sine(440, rate: rates.to, count: rates.to / 2)
    #expect(found.count == expected.count)
    // The signal's abrupt ends ring for the length of the filter; in between the converter promises
    // 144 dB, 6e-8 of the amplitude, to which float32 rounding adds a few of its own steps.
    let middle = rates.to / 10..<rates.to * 4 / 10
    let worst = zip(found[middle], expected[middle]).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 2e-6)
  }

  @Test(arguments: [
    (8_000, 16_000), (48_000, 16_000), (16_000, 12_000), (11_000, 16_000), (44_100, 16_000),
    (44_100, 1000), (1000, 44_100), (22_050, 16_000), (44_100, 48_000), (250_000, 1000),
  ])
  func `one product is what libsamplerate does`(_ rates: (from: Int, to: Int)) throws {
    let resampler = try Resampler(from: rates.from, to: rates.to, place: "a.wav")
    var generator = SeededGenerator(seed: 5, stream: "noise")
    for count in [1, 7, 441, 3000, 40_000] {
      let noise = (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
      var (fast, direct): ([Float], [Float]) = ([], [])
      try resampler.convert(noise, into: &fast, place: "a.wav")
      try resampler.convertDirectly(noise, into: &direct, place: "a.wav")
      try #require(fast.count == direct.count)
      // libsamplerate may stop one sample short of the end and leave a zero there.
      let worst = zip(fast, direct).dropLast().map { abs($0 - $1) }.max() ?? 0
      // Measured: 1e-6 and less, as before the filter was known by itself. At extreme ratios it is
      // libsamplerate that is off, because it rounds its steps through the filter.
      #expect(worst < (rates.from > 100 * rates.to ? 1e-5 : 2e-6), "\(count) samples")
    }
  }

  @Test func `rates without a short common period are converted, too`() throws {
    let resampler = try Resampler(from: 16_001, to: 16_000, place: "a.wav")
    var found: [Float] = []
    try resampler.convert(sine(440, rate: 16_001, count: 8000), into: &found, place: "a.wav")
    let expected = sine(440, rate: 16_000, count: 8000)
    #expect(found.count == 8000)
    let worst = zip(found[1000..<7000], expected[1000..<7000]).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 2e-6)
  }

  @Test func `a tone that the new rate cannot hold disappears`() throws {
    let resampler = try Resampler(from: 48_000, to: 16_000, place: "a.wav")
    var found: [Float] = []
    try resampler.convert(sine(11_000, rate: 48_000, count: 24_000), into: &found, place: "a.wav")
    #expect((found[2000..<6000].map(abs).max() ?? 1) < 1e-5)
  }

  @Test func `the length is rounded up`() throws {
    let resampler = try Resampler(from: 3, to: 2, place: "a.wav")
    var found: [Float] = []
    for count in 1...20 {
      try resampler.convert(Array(repeating: 1, count: count), into: &found, place: "a.wav")
      #expect(found.count == (count * 2 + 2) / 3)
    }
  }

  @Test func `a converter has no memory of the clip before`() throws {
    let resampler = try Resampler(from: 24_000, to: 16_000, place: "a.wav")
    let (loud, quiet) = (sine(300, rate: 24_000, count: 5000), sine(900, rate: 24_000, count: 700))
    var (first, second): ([Float], [Float]) = ([], [])
    try resampler.convert(quiet, into: &first, place: "a.wav")
    try resampler.convert(loud, into: &second, place: "a.wav")
    try resampler.convert(quiet, into: &second, place: "a.wav")
    #expect(first == second)
  }

  @Test func `a ratio beyond 256 is refused`() {
    #expect(
      refusal { _ = try Resampler(from: 100, to: 48_000, place: "a.wav") }
        == "a.wav: cannot be converted from 100 Hz to 48000 Hz: a ratio of 256 is the most")
  }
}
