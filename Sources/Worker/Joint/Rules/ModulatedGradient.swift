import Exchange
import Methods
import Networks
import Tensors

/// A worker's part in OGM-GE: its encoder's gradients are scaled as the coordinator says, and disturbed.
public final class ModulatedGradient: JointLocalRule {
  /// Standard normal numbers for the gradient of a parameter in a cycle: where they come from, for a run
  /// that is given them.
  public var draws: (_ parameter: Int, _ turn: JointTurn, _ into: Buffer<Float>) -> Void

  private let method: GradientModulation
  private let ranks: [Int]
  private let noise: Buffer<Float>

  /// - Parameter stream: the seed, and the modality's name, that the noise is drawn from.
  init(
    _ method: GradientModulation, store: ParameterStore, stream: (seed: UInt64, name: String)
  ) {
    self.method = method
    ranks = store.parameters.map(\.shape.rank)
    let sizes = zip(ranks, store.parameterRanges).map {
      $0 >= method.target.leastRank ? $1.count : 0
    }
    noise = Buffer(method.hasNoise ? sizes.max() ?? 0 : 0)
    draws = { parameter, turn, values in
      var generator = SeededGenerator(
        seed: stream.seed, stream: "ge/\(stream.name)",
        numbers: [turn.epoch, turn.batch, parameter])
      generator.fill(values, deviation: 1)
    }
  }

  /// Scales and disturbs the gradients of the tensors that are modulated.
  public func change(_ turn: JointTurn) -> GradientChange? {
    guard method.isActive(epoch: turn.epoch), turn.scale != 1 || method.hasNoise else { return nil }
    return .tensors { [self] parameter, gradient in
      guard ranks[parameter] >= method.target.leastRank else { return }
      let scale = Float(turn.scale)
      guard method.hasNoise else { return FixedSums.scale(gradient, by: scale) }
      let noise = noise[0..<gradient.count]
      draws(parameter, turn, noise)
      // The deviation is that of the gradient before it is scaled.
      let deviation = Float(gradient.deviation + 1e-8)
      gradient.combine(times: scale, noise, times: deviation)
    }
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
