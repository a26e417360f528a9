import TestSupport
import Testing

@testable import Planning

@Suite struct CurveTests {
  @Test func `between two sizes the table follows a power law`() {
    let curve = Curve([.init(64, 4), .init(4, 1)])
    // 16 is half way between 4 and 64 in logarithms, and 2 half way between 1 and 4.
    expectClose([curve(16)], [2], relative: 1e-12)
    expectClose([curve(4), curve(64)], [1, 4], relative: 1e-12)
  }

  @Test func `a proportion stays one`() {
    let curve = Curve([.init(4, 12), .init(16, 48)])
    expectClose([curve(7), curve(9.5)], [21, 28.5], relative: 1e-12)
  }

  @Test func `below the table is the first value, above it the last slope goes on`() {
    let curve = Curve([.init(4, 3), .init(16, 5), .init(64, 29)])
    // (29 - 5) / (64 - 16) = 0.5 for each byte more.
    expectClose([curve(1), curve(100)], [3, 29 + 36 * 0.5], relative: 1e-12)
    expectClose([Curve([.init(4, 3)])(1000), Curve([])(5)], [3, 0], relative: 1e-12)
  }

  @Test func `more bytes never take less time above the table`() {
    #expect(Curve([.init(4, 3), .init(16, 2)])(64) == 2)
  }

  @Test func `measurements are told by their median, their least and their quartiles`() {
    let measured = Measurement([4, 1, 3, 2, 10, 5, 6, 7])
    // Sorted 1 2 3 4 5 6 7 10: the middle is place 4, the quartiles places 2 and 6.
    #expect(measured.median == 5 && measured.least == 1 && measured.count == 8)
    expectClose([measured.spread], [(7.0 - 3) / 2 / 5], relative: 1e-12)
    #expect(Measurement([]).median == 0)
  }

  @Test func `the slowest of several ranks is expected later`() {
    // Two standard normals: 1 / sqrt(pi).
    expectClose([NormalMaximum.expected(of: 2)], [0.564190], relative: 1e-4)
    #expect(NormalMaximum.expected(of: 1) == 0)
    #expect(NormalMaximum.expected(of: 1000) > NormalMaximum.expected(of: 100))
  }
}
