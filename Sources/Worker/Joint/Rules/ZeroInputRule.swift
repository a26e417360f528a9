import Exchange
import Methods
import Networks

/// A worker's part in AGM with inputs of zeros: an evaluation begins with their logits.
final class ZeroInputRule: JointLocalRule {
  private let learner: ModalityLearner
  private let own: OwnHead

  init(_ learner: ModalityLearner, _ own: OwnHead) { (self.learner, self.own) = (learner, own) }

  func beginEvaluation(_ number: Int, over endpoint: Endpoint) throws {
    try endpoint.send(EvaluatedLogits(try preface()), number: number, to: 0)
  }

  func preface() throws -> [Float] { try learner.zeroLogits(head: own.head) }
}

extension AdaptiveModulation: JointWorkerSide {
  /// Nothing, unless inputs of zeros ride along.
  public func localRule(on rank: WorkerRank, beside own: OwnHead) -> (any JointLocalRule)? {
    padding == .input ? ZeroInputRule(rank.learner, own) : nil
  }
}
