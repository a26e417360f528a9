import Tensors
import Testing

@testable import Datasets

/// Which samples a clip is made of.
@Suite struct SoundWindowTests {
  private func cut(
    _ count: Int, to clip: Int, _ alignment: AudioOptions.Alignment, tile: Int? = nil,
    pads: Bool = true, seed: UInt64? = nil
  ) -> [Float] {
    let window = SoundWindow(
      sampleCount: clip, tileCount: tile, alignment, padsShort: pads)
    var output = [Float](repeating: -1, count: clip)
    var room = output.mutableSpan
    var random = seed.map { SeededGenerator(seed: $0, stream: "test") }
    let samples = (1...count).map(Float.init)
    let written = window.cut(samples.span, random: &random, into: &room)
    return Array(output.prefix(written))
  }

  @Test func `long sounds are cut, short ones padded`() {
    #expect(cut(6, to: 3, .start) == [1, 2, 3])
    #expect(cut(6, to: 3, .centre) == [2, 3, 4])
    #expect(cut(2, to: 5, .start) == [1, 2, 0, 0, 0])
    #expect(cut(2, to: 5, .centre) == [0, 1, 2, 0, 0])
    #expect(cut(2, to: 5, .random) == [1, 2, 0, 0, 0])
    #expect(cut(2, to: 5, .random, seed: 3) == [1, 2, 0, 0, 0])
  }

  @Test func `sounds are repeated until they are long enough, then cut`() {
    #expect(cut(3, to: 7, .start, tile: 7) == [1, 2, 3, 1, 2, 3, 1])
    // Only as far as asked.
    #expect(cut(3, to: 7, .start, tile: 5) == [1, 2, 3, 1, 2, 0, 0])
    #expect(cut(3, to: 4, .centre, tile: 8) == [3, 1, 2, 3])
    #expect(cut(9, to: 4, .start, tile: 8) == [1, 2, 3, 4])
  }

  @Test func `without padding a short sound stays short`() {
    #expect(cut(2, to: 5, .start, pads: false) == [1, 2])
    #expect(cut(2, to: 5, .centre, pads: false) == [1, 2])
    #expect(cut(6, to: 5, .centre, pads: false) == [1, 2, 3, 4, 5])
  }

  @Test func `random pieces begin anywhere, and in the middle in evaluation`() {
    let starts = Set((0..<200).map { cut(10, to: 4, .random, seed: $0)[0] })
    #expect(starts == Set((1...7).map(Float.init)))
    for seed in 0..<20 {
      let piece = cut(10, to: 4, .random, seed: UInt64(seed))
      #expect(piece == (0..<4).map { piece[0] + Float($0) })
    }
    #expect(cut(10, to: 4, .random) == [4, 5, 6, 7])
    // A random piece of a repeated sound goes round.
    let round = Set((0..<100).map { cut(3, to: 2, .random, tile: 4, seed: $0) })
    #expect(round == [[1, 2], [2, 3], [3, 1]])
  }
}
