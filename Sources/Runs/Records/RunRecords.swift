import Configuration
import Coordinator
import Exchange
import MLA
import Storage
import Tensors

/// What a run writes for scripts.
enum RunRecords {
  /// One line of `metrics.jsonl`.
  static func epoch(_ record: EpochRecord, names: [String]) -> JSONValue {
    let samples = record.training.reduce(0) { $0 + $1.totals.samples }
    var members: [String: JSONValue] = [
      "epoch": .integer(record.epoch + 1),
      "seconds": .number(record.seconds),
      "learning_rate": learningRates(record, names: names),
      "samples_per_second": .number(Double(samples) / record.seconds),
      "training": .named(record.training) { ($0.name, training($0.totals)) },
      "waited_seconds": .named(zip(names, record.waitedSeconds)) { ($0, .number($1)) },
      "data_wait": .named(zip(names, record.dataWaitSeconds)) {
        ($0, .number($1 / max(record.seconds, .leastNormalMagnitude)))
      },
      "skipped": .named(zip(names, record.skippedCounts)) { ($0, .integer($1)) },
    ]
    if let head = record.head {
      var values: [String: JSONValue] = [
        "gradient_ratio": .optional(head.gradientRatio),
        "weight_norm": .number(head.weightNorm),
        "projector_norms": .list(head.projectorNorms.map { .number($0) }),
        "skipped_absorptions": .integer(head.skippedAbsorptions),
      ]
      if let interference = head.interference {
        values["interference"] = InterferenceRecords.epoch(interference)
      }
      members["head"] = .object(values)
    }
    if let order = record.order { members["order"] = .list(order.map { .text(names[$0]) }) }
    let decided = decisions(record.notes, names: names)
    if !decided.isEmpty { members["decided"] = .object(decided) }
    if let evaluation = record.evaluation {
      add(evaluation, to: &members)
    }
    return .object(members)
  }

  /// The learning rates of the modalities and of the head, by name. Names of modalities have no spaces.
  private static func learningRates(_ record: EpochRecord, names: [String]) -> JSONValue {
    let head = names.contains("head") ? "shared head" : "head"
    return .named(
      zip(names + [head], record.learningRates + [record.headLearningRate])
    ) { ($0, .number($1)) }
  }

  /// What the method decided: a number, one of each modality by name, or a list where there are others.
  private static func decisions(
    _ notes: EpochRecord.Notes, names: [String]
  ) -> [String: JSONValue] {
    var decided: [String: JSONValue] = [:]
    func number(_ value: Double) -> JSONValue { .optional(value.isFinite ? value : nil) }
    func written(_ values: [Double]) -> JSONValue {
      values.count == 1 ? number(values[0]) : .list(values.map(number))
    }
    for note in notes.coordinator {
      let isOfModalities = note.values.count == names.count
      decided[note.name] =
        isOfModalities
        ? JSONValue.named(zip(names, note.values)) { ($0, number($1)) } : written(note.values)
    }
    for note in notes.workers.first ?? [] {
      decided[note.name] = JSONValue.named(zip(names, notes.workers)) { name, own in
        (name, written(own.first { $0.name == note.name }?.values ?? [.nan]))
      }
    }
    return decided
  }

  /// `summary.json` of one run.
  static func summary(_ result: RunResult, of configuration: RunConfiguration) -> JSONValue {
    var members: [String: JSONValue] = [
      "method": .text(configuration.method.kind),
      "seed": .unsigned(configuration.seed),
      "seconds": .number(result.seconds),
      "cycles_per_second": .number(result.cyclesPerSecond),
      "weights_sha256": .text(result.weightsDigest),
      "ranks": .named(result.ranks.enumerated()) { ("\($0)", rank($1)) },
    ]
    if let evaluation = result.evaluation {
      members["fusion"] = .text(evaluation.primary.kind)
      members["samples"] = .integer(evaluation.labels.count)
      add(evaluation, to: &members)
    }
    if let validation = result.validation {
      var own: [String: JSONValue] = ["samples": .integer(validation.labels.count)]
      add(validation, to: &own)
      members["validation"] = .object(own)
    }
    if let kept = result.kept { members["kept"] = self.kept(kept) }
    return .object(members)
  }

  /// Which model it is.
  private static func kept(_ kept: RunResult.Kept) -> JSONValue {
    var members: [String: JSONValue] = [
      "policy": .text(kept.options.keep.rawValue), "epoch": .integer(kept.epoch),
      "trained_epochs": .integer(kept.trainedEpochs), "stopped_early": .flag(kept.stoppedEarly),
    ]
    if kept.options.isActive { members["by"] = .text(kept.options.measure.rawValue) }
    if kept.options.keep == .best { members["value"] = .optional(kept.value) }
    return .object(members)
  }

  /// `classes.csv`: precision, recall and F1 of each class, fused and for each modality.
  static func classTable(_ evaluation: Evaluation, classes: [String]) throws -> String {
    var lines = ["predictor,class,support,precision,recall,f1"]
    let predictors =
      [("fused (\(evaluation.primary.kind))", evaluation.primary.metrics)]
      + evaluation.modalities.map { ($0.name, $0.metrics) }
    for (name, metrics) in predictors {
      for (label, line) in metrics.classes.enumerated() {
        try LongWork.step()
        lines.append(
          "\(name),\(CSV.field(classes[label])),\(line.support),\(line.precision),\(line.recall),\(line.f1)"
        )
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func training(_ totals: TrainingTotals) -> JSONValue {
    [
      "samples": .integer(totals.samples), "loss": .optional(totals.loss),
      "accuracy": .optional(totals.accuracy),
    ]
  }

  /// How well the split was predicted, fused in every way and by each modality alone.
  private static func add(_ evaluation: Evaluation, to members: inout [String: JSONValue]) {
    members["split"] = .text(evaluation.split.rawValue)
    members["fused"] = .named(evaluation.fused) { fused in
      (
        fused.kind,
        [
          "accuracy": .number(fused.metrics.accuracy), "macro_f1": .number(fused.metrics.macroF1),
          "balanced_accuracy": .number(fused.metrics.balancedAccuracy),
          "loss": .optional(fused.loss),
        ]
      )
    }
    members["modalities"] = .named(evaluation.modalities) { modality in
      (
        modality.name,
        [
          "accuracy": .number(modality.metrics.accuracy),
          "macro_f1": .number(modality.metrics.macroF1),
          "balanced_accuracy": .number(modality.metrics.balancedAccuracy),
          "loss": .optional(modality.loss),
          "samples": .integer(modality.sampleCount),
        ]
      )
    }
  }

  private static func rank(_ rank: RunResult.Rank) -> JSONValue {
    var members: [String: JSONValue] = [
      "role": .text(rank.role), "host": .text(rank.host),
      "peak_memory_bytes": .integer(rank.peakMemoryByteCount),
      "skipped": .integer(rank.skippedCount),
      "waiting_seconds": .number(rank.waiting.seconds),
      "waiting_cpu_share": .number(rank.waiting.processorShare),
    ]
    if let phases = rank.phases {
      members["phases"] = [
        "load": .number(phases.load), "forward": .number(phases.forward),
        "head": .number(phases.head), "backward": .number(phases.backward),
        "exchange": .number(phases.exchange), "waiting": .number(phases.waiting),
      ]
    }
    return .object(members)
  }
}
