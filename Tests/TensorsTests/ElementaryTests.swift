import Glibc
import Testing

@testable import Tensors

/// Our elementary functions against those of the C library, which err by less than one unit in the
/// last place, and against values that are known exactly.
@Suite struct ElementaryTests {
  /// The distance in units of the last place of the expected value.
  private func error(_ found: Double, _ expected: Double) -> Double {
    found == expected ? 0 : abs(found - expected) / expected.ulp
  }

  private func drawn(_ range: ClosedRange<Double>, _ name: String) -> [Double] {
    var generator = SeededGenerator(seed: 6, stream: name)
    return (0..<20_000).map { _ in
      range.lowerBound + (range.upperBound - range.lowerBound) * generator.uniform()
    }
  }

  @Test func `exponentials and logarithms are within two units in the last place`() {
    for x in drawn(-745...709, "exp") where x > -700 {
      #expect(error(Elementary.exponential(x), exp(x)) <= 2, "exp(\(x))")
    }
    for x in drawn(-1...1, "small") {
      #expect(error(Elementary.exponential(x), exp(x)) <= 2, "exp(\(x))")
    }
    for power in drawn(-1_020...1_020, "log") {
      let x = exp2(power)
      #expect(error(Elementary.logarithm(x), log(x)) <= 2, "log(\(x))")
    }
    for x in drawn(0.5...2, "near one") {
      #expect(error(Elementary.logarithm(x), log(x)) <= 2, "log(\(x))")
    }
  }

  @Test func `powers err by as many units as their logarithm is large`() {
    for exponent in drawn(-300...300, "pow") {
      for base in [0.3, 0.9, 0.999, 1.5, 10_000] {
        let expected = pow(base, exponent)
        guard expected.isNormal else { continue }
        let bound = 3 + 2 * abs(exponent * log(base))
        #expect(error(Elementary.power(base, exponent), expected) <= bound, "\(base)^\(exponent)")
      }
    }
  }

  @Test func `sines and cosines are within 1e-15, far from zero too`() {
    for turns in drawn(-3...3, "turns") + drawn(-1e6...1e6, "many turns") {
      // Reduced exactly first: the C library's argument is rounded.
      let rest = turns - turns.rounded(.down)
      #expect(abs(Elementary.sine(turns: turns) - sin(2 * Double.pi * rest)) < 1.2e-15)
      #expect(abs(Elementary.cosine(turns: turns) - cos(2 * Double.pi * rest)) < 1.2e-15)
    }
    for tiny in [1e-3, 1e-10, 1e-300] {
      #expect(error(Elementary.sine(turns: tiny), sin(2 * Double.pi * tiny)) <= 2)
    }
  }

  @Test func `what is known exactly is exact`() {
    #expect(Elementary.exponential(0) == 1 && Elementary.logarithm(1) == 0)
    #expect(Elementary.power(0.1, 1) == 0.1 && Elementary.power(0.5, 10) == 0x1p-10)
    #expect(Elementary.power(2, -3) == 0.125 && Elementary.power(7, 0) == 1)
    #expect(Elementary.power(0, 2) == 0 && Elementary.power(0, 0.5) == 0)
    let quarters = [0, 0.25, 0.5, 0.75, 1, -0.25]
    #expect(quarters.map { Elementary.sine(turns: $0) } == [0, 1, 0, -1, 0, -1])
    #expect(quarters.map { Elementary.cosine(turns: $0) } == [1, 0, -1, 0, 1, 0])
  }

  @Test func `the ends of the number line are those of IEEE`() {
    #expect(Elementary.exponential(710) == .infinity && Elementary.exponential(-746) == 0)
    #expect(Elementary.exponential(-745) == .leastNonzeroMagnitude)
    #expect(Elementary.exponential(.nan).isNaN && Elementary.exponential(-.infinity) == 0)
    #expect(Elementary.logarithm(0) == -.infinity && Elementary.logarithm(.infinity) == .infinity)
    #expect(Elementary.logarithm(-1).isNaN && Elementary.logarithm(.nan).isNaN)
    #expect(abs(Elementary.logarithm(.leastNonzeroMagnitude) - log(0x1p-1074)) < 1e-12)
    #expect(Elementary.power(-1, 0.5).isNaN && Elementary.power(.nan, 1).isNaN)
    #expect(Elementary.sine(turns: .infinity).isNaN && Elementary.cosine(turns: .nan).isNaN)
    #expect(Elementary.cosine(turns: 0x1p60) == 1 && Elementary.sine(turns: -0x1p53) == 0)
  }

  /// Not fused and not the C library's, so the same everywhere: these bits were computed once.
  @Test func `the bits are those that every machine has`() {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ value: Double) { hash = (hash ^ value.bitPattern) &* 0x100_0000_01b3 }
    var generator = SeededGenerator(seed: 7, stream: "bits")
    for _ in 0..<10_000 {
      let x = generator.uniform()
      add(Elementary.exponential(40 * x - 20))
      add(Elementary.logarithm(x))
      add(Elementary.power(x, 2.5))
      add(Elementary.sine(turns: 10 * x))
      add(Elementary.cosine(turns: x))
      add(generator.normal())
    }
    #expect(hash == Self.bits)
  }

  private static let bits: UInt64 = 7_569_132_172_847_183_796

  @Test func `many normal numbers are as many single ones`() {
    var (one, many) = (SeededGenerator(seed: 8, stream: "n"), SeededGenerator(seed: 8, stream: "n"))
    let values = Buffer<Float>(20_001)
    many.fill(values, deviation: 0.3)
    #expect(values.array == (0..<values.count).map { _ in Float(0.3 * one.normal()) })
    #expect(one == many)
  }
}

@Suite struct LanesTests {
  @Test func `the lanes in use are there, and plain ones always are`() throws {
    #expect(Lanes.available.contains(Lanes.current) && Lanes.available.first == .plain)
    try Lanes.check()
  }
}
