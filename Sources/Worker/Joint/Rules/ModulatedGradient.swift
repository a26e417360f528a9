import Exchange
import Methods
import Networks
import Tensors

/// A worker's part in OGM-GE: its encoder's gradients are scaled as the coordinator says, and disturbed.
public final class ModulatedGradient: JointLocalRule {
  /// Standard normal numbers for the gradient of a parameter in a cycle, of a run that is given them; nil:
  /// they are drawn.
  public var draws: ((_ parameter: Int, _ turn: JointTurn, _ into: Buffer<Float>) -> Void)?

  private let method: GradientModulation
  private let ranks: [Int]
  private let stream: (seed: UInt64, name: String)

  /// - Parameter stream: the seed, and the modality's name, that the noise is drawn from.
  init(
    _ method: GradientModulation, store: ParameterStore, stream: (seed: UInt64, name: String)
  ) {
    self.method = method
    self.stream = stream
    ranks = store.parameters.map(\.shape.rank)
  }

  /// Scales and disturbs the gradients of the tensors that are modulated.
  public func change(_ turn: JointTurn) -> GradientChange? {
    guard method.isActive(epoch: turn.epoch), turn.scale != 1 || method.hasNoise else { return nil }
    return .tensors { [self] parameter, gradient in
      guard ranks[parameter] >= method.target.leastRank else { return }
      let scale = Float(turn.scale)
      guard method.hasNoise else { return FixedSums.scale(gradient, by: scale) }
      // The deviation is that of the gradient before it is scaled.
      let deviation = Float(gradient.deviation + 1e-8)
      guard let draws else {
        let seed = seed(of: parameter, turn)
        return gradient.disturb(times: scale, seed: seed, deviation: deviation)
      }
      let noise = Buffer<Float>(gradient.count)
      draws(parameter, turn, noise)
      gradient.combine(times: scale, noise, times: deviation)
    }
  }

  /// What the noise of a parameter is drawn by: another for every mini-batch, the same wherever it is drawn.
  private func seed(of parameter: Int, _ turn: JointTurn) -> UInt64 {
    var generator = SeededGenerator(
      seed: stream.seed, stream: "ge/\(stream.name)",
      numbers: [turn.epoch, turn.batch, parameter])
    return generator.next()
  }
}

extension GradientModulation: JointWorkerSide {
  /// What scales and disturbs the encoder's gradients.
  public func localRule(on rank: WorkerRank, beside own: OwnHead) -> (any JointLocalRule)? {
    let name = rank.configuration.modalities[rank.modality].name
    return ModulatedGradient(
      self, store: rank.learner.encoder.store, stream: (rank.configuration.seed, name))
  }
}
