import Testing

@testable import Tensors

@Suite struct PiecesTests {
  @Test func `pieces cover a product once, in the kernels' own blocks`() {
    for m in [1, 40, 100, 384, 767, 1_024, 3_000, 20_000] {
      for n in [1, 10, 64, 500, 2_304, 9_000] {
        for k in [1, 64, 700] {
          let pieces = Pieces(m: m, n: n, k: k)
          let (length, grain) = pieces.cutsRows ? (m, 48) : (n, 64)
          #expect((1...16).contains(pieces.count))
          var end = 0
          for index in 0..<pieces.count {
            #expect(pieces[index].lowerBound == end && end % grain == 0)
            #expect(!pieces[index].isEmpty)
            end = pieces[index].upperBound
          }
          #expect(end == length)
        }
      }
    }
  }

  @Test func `small products are whole, and large ones have a piece for each of several threads`() {
    #expect(Pieces(m: 64, n: 64, k: 74).count == 1)
    #expect(Pieces(m: 256, n: 512, k: 300).count == 2)
    #expect(Pieces(m: 1_576, n: 768, k: 768) == Pieces(m: 1_576, n: 768, k: 768))
    #expect(Pieces(m: 1_576, n: 768, k: 768).count == 2)
    #expect(Pieces(m: 2_048, n: 768, k: 768).count == 4)
    #expect(Pieces(m: 20_000, n: 64, k: 147).count == 16)
  }
}
