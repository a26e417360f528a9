import Configuration
import Methods
import Testing

/// Class weights and label smoothing are in the loss of every method.
@Suite struct LossOptionTests {
  private static let kinds = MethodList.all.map { $0.kind }

  private func memory(
    _ method: any TrainingMethod, cycles: Range<Int> = 0..<6,
    _ change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> SmallRun.Memory {
    try SmallRun(MethodChoice(method), change).train(cycles)
  }

  private static let changes: [@Sendable (inout RunConfiguration) -> Void] = [
    { $0.classWeights = .listed([4, 1, 0.5]) }, { $0.labelSmoothing = 0.2 },
  ]

  @Test(arguments: kinds)
  func `classes that all weigh twice as much change nothing, others do, in every modality`(
    kind: String
  ) throws {
    let method = try #require(MethodList.all.first { $0.kind == kind }).init()
    let plain = try memory(method)
    // Exact in floating point: the sum of the weights divides.
    let twice = try memory(method) { $0.classWeights = .listed([2, 2, 2]) }
    #expect(SmallRun.differences(plain, twice) == [])
    // In its stage the first modality of reconboost is trained alone.
    let ranks = kind == "reconboost" ? 1...1 : 1...2
    for change in Self.changes {
      let moved = SmallRun.differences(plain, try memory(method, change))
      for rank in ranks { #expect(moved.contains("encoder.linear1.weight of rank \(rank)")) }
    }
  }

  /// Two losses may share an encoder, but each moves a head of its own in the first mini-batch.
  @Test(arguments: kinds) func `each loss of a method has them`(kind: String) throws {
    let method = try #require(MethodList.all.first { $0.kind == kind }).init()
    let plain = try memory(method, cycles: 0..<1)
    let heads = plain[1].map(\.name).filter { $0.hasPrefix("head.") && $0.hasSuffix("weight") }
    for change in Self.changes {
      let moved = SmallRun.differences(plain, try memory(method, cycles: 0..<1, change))
      for head in heads { #expect(moved.contains("\(head) of rank 1")) }
    }
  }

  @Test func `so has the own loss of a modality whose head the joint loss moves, too`() throws {
    var method = QualityAwareFusion()
    (method.joint, method.rank) = (0, 0)
    let plain = try memory(method, cycles: 0..<1)
    for change in Self.changes {
      let moved = SmallRun.differences(plain, try memory(method, cycles: 0..<1, change))
      #expect(moved.contains("head.weight of rank 1") && moved.contains("head.weight of rank 2"))
    }
  }
}
