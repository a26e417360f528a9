import Configuration
import Exchange
import MLA
import Tensors

/// The order of turns of each epoch: as listed, or decided anew after each evaluation on the validation
/// split, and told to the ranks that take turns.
///
/// The order belongs to the state of a run, because it follows from an evaluation that is not made again
/// when the run is gone on with.
final class TurnOrdering {
  /// The order of the next epoch that begins, by place in the configuration.
  private(set) var order: [Int]
  private let rule: TurnRanking?

  /// The order of a run's first epoch.
  init(_ configuration: RunConfiguration) {
    (order, rule) = (configuration.order, configuration.orderRule)
  }

  /// Whether the order follows from evaluations.
  var isDecided: Bool { rule != nil }

  /// The order, to be remembered; nothing where it is fixed.
  var state: [NamedState] {
    guard isDecided else { return [] }
    return [NamedState("places", order.map { Int64($0) }) { self.order = $0.map { Int($0) } }]
  }

  /// The plan of an epoch that begins, or is gone on with. Where the order is decided, the leaders hear of
  /// it, who expect it whenever they make the plan of an epoch.
  func plan(
    _ epoch: Int, of plan: TrainingPlan, telling leaders: [Int], over endpoint: Endpoint
  ) throws -> EpochPlan {
    if isDecided {
      for leader in leaders { try endpoint.send(TurnOrder(order), number: epoch, to: leader) }
    }
    return plan.epoch(epoch, order: order)
  }

  /// Decides the order of the epochs that follow.
  func note(_ evaluation: Evaluation) {
    guard let rule, evaluation.split == .validation else { return }
    order = rule.order(byLosses: evaluation.modalities.map(\.loss))
  }
}
