import Tensors
import Testing

@Suite struct FixedSumsTests {
  /// As the definition has it: neighbours at distance 1, then 2, then 4.
  private func tree(_ arrays: [[Float]]) -> [Float] {
    var sums = arrays
    var distance = 1
    while distance < sums.count {
      for first in stride(from: 0, to: sums.count - distance, by: 2 * distance) {
        for place in sums[first].indices { sums[first][place] += sums[first + distance][place] }
      }
      distance *= 2
    }
    return sums[0]
  }

  @Test(arguments: Array(1...9) + [16, 21, 64, 100])
  func `arrays are added as a tree over their numbers`(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count), stream: "arrays")
    let arrays = (0..<count).map { _ in
      (0..<53).map { _ in Float(generator.normal()) * [1e-4, 1, 1e4][generator.integer(below: 3)] }
    }
    let buffers = arrays.map { Buffer($0) }
    let expected = tree(arrays)
    let sum = Buffer<Float>(53)
    FixedSums.tree(buffers, at: 0..<53, into: sum)
    #expect(sum.array == expected)
    // A part, in place of one of those that are added.
    let part = buffers[count / 2][5..<48]
    FixedSums.tree(buffers, at: 5..<48, into: part)
    #expect(part.array == Array(expected[5..<48]))
    if count > 4 {
      #expect(expected != arrays.dropFirst().reduce(arrays[0]) { zip($0, $1).map { $0 + $1 } })
    }
  }
}
