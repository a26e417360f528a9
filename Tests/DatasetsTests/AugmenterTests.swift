import Storage
import Tensors
import Testing

@testable import Datasets

/// Pictures are small enough to list everything that may become of them.
@Suite struct AugmenterTests {
  /// Changes samples, each with the next generator.
  private final class Changer {
    let augmenter: Augmenter
    private let seed: UInt64
    private var count = 0

    init(_ augmentation: Augmentation, seed: UInt64) {
      augmenter = Augmenter(augmentation)
      self.seed = seed
    }

    func next() -> SeededGenerator {
      defer { count += 1 }
      return SeededGenerator(seed: seed, stream: "augment", numbers: [count])
    }
  }

  private func augmenter(
    _ shape: Shape, isText: Bool = false, seed: UInt64 = 0,
    _ change: (inout AugmentationOptions) -> Void
  ) throws -> Changer {
    var options = AugmentationOptions()
    change(&options)
    return Changer(
      try Augmentation(options, sampleShape: shape, isText: isText), seed: seed)
  }

  private func changed(_ sample: [Float], by changer: Changer) -> [Float] {
    var sample = sample
    var room = sample.mutableSpan
    changer.augmenter.change(&room, drawingFrom: changer.next())
    return sample
  }

  /// How often each outcome came of `count` draws.
  private func outcomes(
    of sample: [Float], by augmenter: Changer, draws count: Int
  ) -> [[Float]: Int] {
    var outcomes: [[Float]: Int] = [:]
    for _ in 0..<count { outcomes[changed(sample, by: augmenter), default: 0] += 1 }
    return outcomes
  }

  @Test func `a shift moves a picture in every direction, and zeros come in`() throws {
    let picture: [Float] = [1, 2, 3, 4]
    let found = outcomes(of: picture, by: try augmenter([2, 2]) { $0.shift = 1 }, draws: 900)
    let expected: Set<[Float]> = [
      [4, 0, 0, 0], [3, 4, 0, 0], [0, 3, 0, 0],
      [2, 0, 4, 0], [1, 2, 3, 4], [0, 1, 0, 3],
      [0, 0, 2, 0], [0, 0, 1, 2], [0, 0, 0, 1],
    ]
    #expect(Set(found.keys) == expected)
    // 100 each, give or take five deviations.
    #expect(found.values.allSatisfy { (53...147).contains($0) })
  }

  @Test func `a flip mirrors columns, channels together, one time in two`() throws {
    let picture: [Float] = [1, -1, 2, -2, 3, -3]
    let found = outcomes(of: picture, by: try augmenter([1, 3, 2]) { $0.flips = true }, draws: 400)
    #expect(Set(found.keys) == [picture, [3, -3, 2, -2, 1, -1]])
    #expect(found.values.allSatisfy { (150...250).contains($0) })
  }

  @Test func `a mask empties a stretch of rows or columns`() throws {
    let picture: [Float] = [1, 2, 3, 4, 5, 6]
    let rows = outcomes(of: picture, by: try augmenter([3, 2]) { $0.maskedRows = 2 }, draws: 600)
    #expect(
      Set(rows.keys) == [
        picture, [0, 0, 3, 4, 5, 6], [1, 2, 0, 0, 5, 6], [1, 2, 3, 4, 0, 0], [0, 0, 0, 0, 5, 6],
        [1, 2, 0, 0, 0, 0],
      ])
    #expect((140...260).contains(rows[picture] ?? 0))
    let columns = outcomes(
      of: picture, by: try augmenter([2, 3, 1]) { $0.maskedColumns = 1 }, draws: 200)
    #expect(
      Set(columns.keys) == [
        picture, [0, 2, 3, 0, 5, 6], [1, 0, 3, 4, 0, 6], [1, 2, 0, 4, 5, 0],
      ])
  }

  @Test func `all frames of a video change alike`() throws {
    let video: [Float] = [1, 2, 3, 4, 10, 20, 30, 40]
    let augmenter = try augmenter([2, 2, 2, 1]) {
      $0.shift = 1
      $0.flips = true
      $0.maskedRows = 1
      $0.maskedColumns = 1
    }
    for outcome in outcomes(of: video, by: augmenter, draws: 200).keys {
      #expect(outcome[4...].elementsEqual(outcome[..<4].map { 10 * $0 }))
    }
  }

  @Test func `noise is normal with the deviation that was asked for`() throws {
    let augmenter = try augmenter([20_000]) { $0.noise = 0.5 }
    let values = changed([Float](repeating: 3, count: 20_000), by: augmenter).map { Double($0) - 3 }
    let mean = values.reduce(0, +) / 20_000
    let square = values.map { $0 * $0 }.reduce(0, +) / 20_000
    #expect(abs(mean) < 0.02 && abs(square.squareRoot() - 0.5) < 0.02)
  }

  @Test func `words become unknown, padding does not`() throws {
    let augmenter = try augmenter([3], isText: true) { $0.unknownWords = 0.25 }
    let found = outcomes(of: [7, 9, 0], by: augmenter, draws: 800)
    #expect(Set(found.keys) == [[7, 9, 0], [1, 9, 0], [7, 1, 0], [1, 1, 0]])
    #expect((385...515).contains(found[[7, 9, 0]] ?? 0))
  }

  @Test func `equal generators give equal samples`() throws {
    func make(_ seed: UInt64) throws -> Changer {
      try augmenter([4, 4], seed: seed) {
        $0.shift = 2
        $0.noise = 1
      }
    }
    let (first, second, other) = (try make(1), try make(1), try make(2))
    let picture = (0..<16).map(Float.init)
    #expect(changed(picture, by: first) == changed(picture, by: second))
    #expect(changed(picture, by: first) != changed(picture, by: other))
  }

  @Test func `what samples do not have cannot be changed`() throws {
    func problem(
      _ shape: Shape, isText: Bool = false, _ change: (inout AugmentationOptions) -> Void
    ) throws -> String {
      let error = try #require(throws: FileError.self) {
        try augmenter(shape, isText: isText, change)
      }
      return "\(error)"
    }
    #expect(
      try problem([300]) { $0.flips = true }
        == "augment: asks for changes of pictures, but the samples are vectors of shape 300; "
        + "remove shift, flip, mask_rows and mask_columns")
    #expect(try problem([8], isText: true) { $0.shift = 1 }.contains("are texts of shape 8"))
    #expect(
      try problem([8, 8]) { $0.unknownWords = 0.1 }
        == "augment.unknown: is for texts, but the samples are numbers of shape 8 x 8")
    #expect(try problem([8], isText: true) { $0.noise = 0.1 }.contains("use unknown"))
    #expect(
      try problem([8, 5, 1]) { $0.shift = 5 }
        == "augment.shift: is 5, expected at most 4 for samples of shape 8 x 5 x 1 (shorter side)")
    #expect(try problem([8, 5, 1]) { $0.maskedRows = 9 }.contains("expected at most 8"))
    #expect(try problem([3, 8, 5, 1]) { $0.maskedColumns = 6 }.contains("expected at most 5"))
  }
}
