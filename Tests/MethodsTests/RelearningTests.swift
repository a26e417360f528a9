import Methods
import Tensors
import TestSupport
import Testing

@testable import Worker

/// Re-learning: clusters by hand, and when encoders are drawn back.
@Suite struct RelearningTests {
  /// Two dimensions, the second of which says nothing: groups at 0, 1, 2 and at 10, 11, 12.
  private var clusters: FeatureClusters {
    FeatureClusters(
      Buffer([0, 5, 1, 5, 2, 5, 10, 5, 11, 5, 12, 5].map { Float($0) }), featureCount: 2)
  }

  @Test func `purity is the share of the most frequent class of each cluster`() throws {
    #expect(try clusters.purity(labels: [0, 0, 1, 1, 1, 1], centres: [0, 5]) == 5 / 6.0)
    #expect(try clusters.purity(labels: [0, 0, 0, 1, 1, 1], centres: [0, 1]) == 1)
    // All in one cluster, where both begin at the same place and the first of equals is taken.
    #expect(try clusters.purity(labels: [0, 1, 0, 1, 0, 2], centres: [3, 3]) == 0.5)
  }

  @Test func `drawn beginnings find the groups`() throws {
    for stream in 0..<5 {
      var generator = SeededGenerator(seed: 1, stream: "\(stream)")
      #expect(
        try clusters.purity(labels: [2, 2, 2, 0, 0, 0], clusterCount: 2, generator: &generator)
          == 1)
      // More clusters than there are different samples.
      #expect(
        try clusters.purity(labels: [2, 1, 2, 0, 2, 0], clusterCount: 9, generator: &generator)
          == 1)
    }
  }

  private func run(_ change: (inout Relearning) -> Void) -> SmallRun {
    var method = Relearning()
    (method.period, method.strength) = (2, 20)
    change(&method)
    return SmallRun(MethodChoice(method)) { $0.epochs = 6 }
  }

  @Test func `encoders are drawn back at the ends of epochs that are multiples, so often`() throws {
    let (never, once, twice) = (
      run { $0.count = 0 }, run { $0.count = 1 }, run { $0.count = 2 }
    )
    // The third epoch's end is the first event, the fifth's the second.
    #expect(SmallRun.differences(try never.train(0..<8), try once.train(0..<8)) == [])
    let changed = SmallRun.differences(try never.train(0..<9), try once.train(0..<9))
    #expect(changed.contains { $0.hasPrefix("encoder.") })
    #expect(changed.allSatisfy { $0.hasPrefix("encoder.") || $0.hasPrefix("head.events") })
    #expect(SmallRun.differences(try once.train(0..<14), try twice.train(0..<14)) == [])
    #expect(SmallRun.differences(try once.train(0..<15), try twice.train(0..<15)) != [])
  }

  @Test(arguments: [8, 9, 10]) func `a run goes on, before and after an event`(cycle: Int) throws {
    try run { $0.count = 1 }.expectResumable(after: cycle)
  }
}
