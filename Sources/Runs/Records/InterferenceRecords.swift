import Coordinator
import MLA
import Storage

/// What turns did to each other through the shared head, for scripts.
enum InterferenceRecords {
  /// The means of an epoch, of `metrics.jsonl`; lists are in the order of the modalities.
  static func epoch(_ means: HeadInterference) -> JSONValue {
    [
      "turns": .integer(means.turnCount),
      "gradient_norm": list(means.gradientNorms),
      "gradient_ratio": list(means.gradientRatios),
      "step_norm": list(means.stepNorms),
      "logit_shift": .list(means.logitShifts.map(list)),
      "gradient_cosine": .list(means.gradientCosines.map(list)),
      "drift": .number(means.drift),
    ]
  }

  /// A line of `telemetry.jsonl`.
  static func turn(_ measured: TurnInterference, names: [String]) -> JSONValue {
    let turn = measured.turn
    func named(_ values: [Double?]) -> JSONValue {
      .named(zip(names, values).filter { $0.1 != nil }) { ($0, .optional($1)) }
    }
    return [
      "turn": .integer(turn.index), "epoch": .integer(turn.epoch + 1),
      "cycle": .integer(turn.cycleInEpoch + 1), "modality": .text(names[turn.modality]),
      "gradient_norm": .number(measured.gradientNorm),
      "gradient_ratio": .optional(measured.gradientRatio),
      "step_norm": .number(measured.stepNorm),
      "logit_shift": named(measured.logitShifts),
      "gradient_cosine": named(measured.gradientCosines),
      "drift": .number(measured.drift),
    ]
  }

  private static func list(_ values: [Double?]) -> JSONValue { .list(values.map { .optional($0) }) }
}
