import Tensors
import Testing

/// Normal numbers that a seed and a place decide.
@Suite struct NoiseTests {
  private func noise(_ count: Int, seed: UInt64 = 1) -> [Float] {
    let values = Buffer<Float>(count)
    values.disturb(times: 0, seed: seed, deviation: 1)
    return values.array
  }

  @Test func `they are Box and Muller's of the hashes of places`() {
    // Computed in float64 by a separate implementation of the hash, with the C library's functions.
    let values = noise(64, seed: 0x0123_4567_89ab_cdef)
    let expected: [(place: Int, value: Double)] = [
      (0, -0.554833459), (1, -0.072249411), (7, -2.202488340), (15, -1.681780629),
      (16, 0.529653696), (17, -0.017369847), (31, 1.614098465), (32, -0.997401789),
      (40, 0.895779526), (63, 2.135828408),
    ]
    for (place, value) in expected {
      #expect(abs(Double(values[place]) - value) < 2e-6 * max(1, abs(value)), "\(place)")
    }
  }

  @Test func `a value becomes a times itself and b times the number of its place`() {
    let values = Buffer<Float>((0..<100).map { Float($0) })
    values.disturb(times: 0.5, seed: 9, deviation: 0.25)
    for (place, number) in noise(100, seed: 9).enumerated() {
      #expect(abs(values[place] - (Float(place) / 2 + number / 4)) < 1e-5, "\(place)")
    }
  }

  @Test func `length and threads change no number, and nothing is written behind the last`() {
    let all = noise(200_000)
    for count in [1, 15, 16, 17, 31, 32, 33, 100, 131_077] {
      let memory = Buffer([Float](repeating: 7, count: count + 1))
      Threads.with(count: 3) { memory[0..<count].disturb(times: 0, seed: 1, deviation: 1) }
      #expect(memory.array.dropLast() == all.prefix(count) && memory[count] == 7, "\(count)")
    }
  }

  @Test func `they are normal, and do not depend on each other`() {
    let count = 1 << 17
    let root = Double(count).squareRoot()
    let numbers = noise(count).map { Double($0) }
    func mean(_ value: (Int) -> Double) -> Double {
      (0..<count).reduce(0) { $0 + value($1) } / Double(count)
    }
    // Each bound is five standard errors.
    #expect(abs(mean { numbers[$0] }) < 5 / root)
    #expect(abs(mean { numbers[$0] * numbers[$0] } - 1) < 5 * 2.0.squareRoot() / root)
    #expect(abs(mean { numbers[$0] * numbers[$0] * numbers[$0] }) < 5 * 15.0.squareRoot() / root)
    let fourth = mean { numbers[$0] * numbers[$0] * numbers[$0] * numbers[$0] }
    #expect(abs(fourth - 3) < 5 * 96.0.squareRoot() / root)
    for (bound, share) in [(0.5, 0.617_075), (1, 0.317_311), (2, 0.045_500), (3, 0.002_700)] {
      let error = (share * (1 - share)).squareRoot() / root
      let found = mean { abs(numbers[$0]) > bound ? 1 : 0 }
      #expect(abs(found - share) < 5 * error, "beyond \(bound): \(found)")
    }
    // Sixteen places apart are the two of a pair; squares would show a radius that both have.
    for distance in [1, 2, 16, 32, 4096] {
      let next = { (place: Int) in numbers[(place + distance) % count] }
      #expect(abs(mean { numbers[$0] * next($0) }) < 5 / root, "\(distance)")
      let squares = mean { (numbers[$0] * numbers[$0] - 1) * (next($0) * next($0) - 1) }
      #expect(abs(squares) < 5 * 2 / root, "squares, \(distance)")
    }
    let other = noise(count, seed: 2)
    #expect(abs(mean { numbers[$0] * Double(other[$0]) }) < 5 / root)
  }
}
