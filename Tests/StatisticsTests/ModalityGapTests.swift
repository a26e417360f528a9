import Testing

@testable import Statistics

/// The distance between means of unit features.
@Suite struct ModalityGapTests {
  @Test func `the gap is a distance, beside an angle`() throws {
    // (0.6, 0) - (0, 0.8): 0.36 + 0.64 = 1.
    let apart = ModalityGap([0.6, 0], [0, 0.8])
    #expect(apart.distance == 1 && apart.cosine == 0)
    // The same direction: one mean is half as long, because its features spread more.
    let along = ModalityGap([0.3, 0.4], [0.6, 0.8])
    #expect(abs(along.distance - 0.5) < 1e-15)
    #expect(abs(try #require(along.cosine) - 1) < 1e-15)
    #expect(ModalityGap([1, 0], [-1, 0]) == ModalityGap([0, 1], [0, -1]))
    #expect(ModalityGap([1, 0], [-1, 0]).distance == 2)
    #expect(ModalityGap([0, 0], [0, 1]).cosine == nil)
    #expect(abs(ModalityGap.norm([0.3, 0.4]) - 0.5) < 1e-15)
  }
}
