import Tensors
import Testing

@testable import Datasets

@Suite struct ColourJitterTests {
  private let golden: PictureGolden

  init() throws { golden = try PictureGolden() }

  private func change(_ name: String) throws -> ColourChange {
    try #require(ColourChange.allCases.first { "\($0)" == name })
  }

  @Test func `brightness, contrast and saturation are Pillow's`() throws {
    let rows = try golden.table("changes")
    #expect(rows.count == 72)
    for row in rows {
      let channels = try #require(Int(row[1]))
      var picture = try golden.picture(row[0], channels: channels)
      try change(row[2]).apply(#require(Float(row[3])), to: &picture)
      let place = try #require(Int(row[4]))
      let expected = golden.expected(picture.size, channels: channels, at: place)
      expectEqual(picture, expected, row.joined(separator: ","))
    }
  }

  private func outcomes(_ jitter: ColourJitter, of levels: [UInt8], draws: Int) -> [[UInt8]: Int] {
    var random = SeededGenerator(seed: 1, stream: "jitter")
    var outcomes: [[UInt8]: Int] = [:]
    for _ in 0..<draws {
      var picture = Picture(PictureSize(height: 1, width: 1), channels: 3, levels)
      jitter.change(&picture, random: &random)
      outcomes[picture.pixels, default: 0] += 1
    }
    return outcomes
  }

  @Test func `factors are uniform and never below 0`() {
    var jitter = ColourJitter()
    jitter.brightness = 0.5
    // 100 becomes 50 … 149, each one time in 100.
    let levels = outcomes(jitter, of: [100, 100, 100], draws: 20_000).mapKeys { Int($0[0]) }
    #expect(levels.keys.min() == 50 && levels.keys.max() == 149 && levels.count == 100)
    // 200 each, give or take five deviations.
    #expect(levels.values.allSatisfy { (130...270).contains($0) })
    jitter.brightness = 3
    let wide = outcomes(jitter, of: [50, 50, 50], draws: 2_000).mapKeys { Int($0[0]) }
    #expect(wide.keys.min() == 0 && (195...199).contains(wide.keys.max() ?? 0))
  }

  @Test func `changes come in any order`() {
    var jitter = ColourJitter()
    (jitter.brightness, jitter.saturation) = (10, 10)
    // Grey first, then far too bright; or far too bright first, and grey of that.
    var random = SeededGenerator(seed: 3, stream: "jitter")
    var orders: Set<Bool> = []
    for _ in 0..<40 {
      var copy = random
      let levels: [UInt8] = [90, 10, 10, 10, 90, 10]
      var picture = Picture(PictureSize(height: 1, width: 2), channels: 3, levels)
      jitter.change(&picture, random: &random)
      let isBrightnessFirst = copy.integer(below: 2) == 1
      let factors = [copy.uniform(), copy.uniform()].map { Float(11 * $0) }
      var expected = Picture(picture.size, channels: 3, levels)
      let changes: [ColourChange] =
        isBrightnessFirst ? [.brightness, .saturation] : [.saturation, .brightness]
      for (change, factor) in zip(changes, factors) { change.apply(factor, to: &expected) }
      #expect(picture == expected)
      orders.insert(isBrightnessFirst)
    }
    #expect(orders.count == 2)
  }

  @Test func `nothing is drawn for nothing`() {
    var random = SeededGenerator(seed: 1, stream: "jitter")
    var picture = Picture(PictureSize(height: 1, width: 1), channels: 3, [1, 2, 3])
    ColourJitter().change(&picture, random: &random)
    #expect(picture.pixels == [1, 2, 3])
    #expect(random == SeededGenerator(seed: 1, stream: "jitter"))
  }
}

extension Dictionary {
  fileprivate func mapKeys<Other: Hashable>(_ key: (Key) -> Other) -> [Other: Value] {
    Dictionary<Other, Value>(uniqueKeysWithValues: map { (key($0.key), $0.value) })
  }
}
