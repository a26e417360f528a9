import Tensors
import Testing

@testable import Coordinator

@Suite struct GroupedSelectionTests {
  /// Samples of groups; a nil name is no group.
  private struct Samples {
    var groups: [String?] = []
    var labels: [Int32] = []

    mutating func add(_ group: String?, _ labels: [Int32]) {
      groups += labels.map { _ in group }
      self.labels += labels
    }

    func taken(_ part: Double, classes: Int, seed: UInt64) -> [Int] {
      var generator = SeededGenerator(seed: seed, stream: "validation")
      return GroupedSelection(groups: groups, labels: labels, classCount: classes).taken(
        part, &generator)
    }
  }

  /// Groups of one class and of many sizes: what is taken is told apart by hand.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `groups stay whole and parts come within half a group`(seed: UInt64) {
    var samples = Samples()
    for (label, sizes) in [[5, 3, 8, 1, 1, 2, 7, 4, 9, 6], [30, 2, 2, 2, 2, 2], [3, 3, 3]]
      .enumerated()
    {
      for (number, size) in sizes.enumerated() {
        samples.add("\(label)-\(number)", Array(repeating: Int32(label), count: size))
      }
    }
    for _ in 0..<12 { samples.add(nil, [0]) }
    for part in [0.1, 0.25, 0.5] {
      let taken = samples.taken(part, classes: 3, seed: seed)
      #expect(taken == taken.sorted())
      let inside = Set(taken)
      let outside = Set(samples.labels.indices).subtracting(inside)
      let names = (
        Set(inside.compactMap { samples.groups[$0] }),
        Set(outside.compactMap { samples.groups[$0] })
      )
      #expect(names.0.isDisjoint(with: names.1))
      for (label, largest) in [(0, 9), (1, 30), (2, 3)] as [(Int32, Int)] {
        let (count, all) = (
          taken.count { samples.labels[$0] == label }, samples.labels.count { $0 == label }
        )
        #expect(abs(Double(count) - part * Double(all)) <= Double(largest) / 2, "class \(label)")
        #expect(count < all)
      }
    }
    #expect(
      samples.taken(0.25, classes: 3, seed: seed) == samples.taken(0.25, classes: 3, seed: seed))
  }

  @Test func `the last group of a class stays, whoever else is in it`() {
    // Class 1 is in one group only, with most of class 0; class 2 has two groups.
    var samples = Samples()
    samples.add("mixed", [0, 0, 0, 0, 0, 0, 1])
    samples.add("a", [0, 0])
    samples.add("b", [2, 2])
    samples.add("c", [2])
    for seed in 0..<20 as Range<UInt64> {
      let taken = Set(samples.taken(0.9, classes: 3, seed: seed))
      #expect(taken.isDisjoint(with: 0..<7))
      #expect(taken.isSuperset(of: [7, 8]))
      // One of the two groups of class 2, whichever comes first.
      #expect(taken == [7, 8, 9, 10] || taken == [7, 8, 11])
    }
  }

  @Test func `a group of several classes is taken where that is nearer for all of them`() {
    // Of 4 and 4 samples a quarter is wanted: one of each. "both" is just that; "many" is too much.
    var samples = Samples()
    samples.add("both", [0, 1])
    samples.add("many", [0, 0, 0, 1, 1, 1])
    for seed in 0..<10 as Range<UInt64> {
      #expect(samples.taken(0.25, classes: 2, seed: seed) == [0, 1])
    }
  }

  @Test func `what fits is taken before what does not`() {
    // Of 40 samples 10 are wanted. The group of 16 would be nearer than nothing, wherever it stands, but
    // groups of four leave only two to wish for.
    var samples = Samples()
    samples.add("large", Array(repeating: 0, count: 16))
    for number in 0..<6 { samples.add("\(number)", [0, 0, 0, 0]) }
    for seed in 0..<10 as Range<UInt64> {
      let taken = samples.taken(0.25, classes: 1, seed: seed)
      #expect(taken.count == 8 && taken.allSatisfy { $0 >= 16 })
    }
  }

  @Test func `seeds take different groups`() {
    var samples = Samples()
    for number in 0..<40 { samples.add("\(number)", [0, 0]) }
    let draws = (0..<4 as Range<UInt64>).map { samples.taken(0.25, classes: 1, seed: $0) }
    #expect(Set(draws).count == 4 && draws.allSatisfy { $0.count == 20 })
  }
}
