import Configuration
import Coordinator
import MLA
import Tensors

extension Cell {
  /// The accuracy for each kind of spoilt input at each rate.
  static func spoilt(
    _ test: KeptLogits.Split, _ predictor: Predictor,
    _ condition: ExperimentDescription.SpoiltCondition, seed: UInt64
  ) throws -> [[Double?]] {
    guard !condition.rates.isEmpty else { return [] }
    let draw = SpoiltDraw(present: test.present, seed: seed)
    let draws = condition.rates.map(draw.modalities(spoiltAt:))
    return try condition.kinds.map { kind in
      let inputs =
        kind == .swapped
        ? zip(test.modalities, draw.partners).map { $0.taken(from: $1) } : test.spoilt[kind]
      return try draws.map { spoilt in
        try LongWork.step()
        return inputs.flatMap { inputs in
          predictor.predictions(test, kind, spoilt: spoilt, inputs: inputs).map {
            accuracy($0, test.labels)
          }
        }
      }
    }
  }
}
