import Configuration
import Exchange
import MLA
import Methods
import Networks
import Tensors
import Testing

@testable import Coordinator
@testable import Worker

/// What every joint method has in common, whatever it decides. (That each computes what it says is seen by the
/// reference's cases, in VerificationTests.)
@Suite struct JointMethodTests {
  /// The joint methods of the list, and some with options that change what crosses or what is computed.
  static let methods: [any TrainingMethod] =
    MethodList.all.filter {
      $0 is any JointTraining.Type && !($0 is any FeatureFusionTraining.Type)
    }.map { $0.init() } + [
      {
        var method = AdaptiveModulation()
        method.padding = .input
        return method
      }(),
      {
        var method = GradientModulation()
        (method.heads, method.hasNoise, method.target) = (.own, false, .all)
        return method
      }(),
      {
        var method = QualityAwareFusion()
        (method.detaches, method.history) = (false, .after)
        return method
      }(),
    ]

  @Test(arguments: methods.indices, [1, 2, 3, 6])
  func `a run is like another, with any number of modalities, some missing`(
    index: Int, count: Int
  ) throws {
    let run = SmallRun(Self.methods[index], modalities: count)
    let (fresh, one) = (try run.train(0..<0), try run.train(0..<6))
    #expect(SmallRun.differences(one, try run.train(0..<6)) == [])
    #expect(one.count == count + 1)
    for states in one.dropFirst() {
      let weights = try #require(states.first { $0.name == "head.weight" })
      let values = weights.bits.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      #expect(values.allSatisfy { $0.isFinite })
    }
    // Every modality has moved, encoder and head.
    let moved = SmallRun.differences(fresh, one)
    for rank in 1...count {
      #expect(moved.contains("head.weight of rank \(rank)"))
      #expect(moved.contains("encoder.linear1.weight of rank \(rank)"), "\(moved)")
    }
  }

  @Test(arguments: methods.indices, [3, 5])
  func `a run goes on where it was, with three modalities`(index: Int, cycle: Int) throws {
    try SmallRun(Self.methods[index], modalities: 3).expectResumable(after: cycle)
  }
}
