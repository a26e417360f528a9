import Configuration
import Coordinator
import Statistics
import Storage
import Tensors

/// `evaluation.json`: what of the last evaluation is more than a few numbers. Which class was taken for which, how
/// far probabilities could be believed, what weights the modalities had.
enum EvaluationRecords {
  private static let format = 1
  /// The most classes whose every pair is written: of more, a table has more cells than anybody looks at.
  static let mostClasses = 120
  /// The pairs that are written of more classes: the most frequent mistakes.
  static let mostPairs = 500
  /// The parts of equal width that weights are counted in.
  static let weightParts = 25

  /// The whole file.
  static func json(_ evaluation: Evaluation, of configuration: RunConfiguration) throws -> JSONValue
  {
    let (classCount, labels) = (configuration.classes.count, evaluation.labels)
    let fused = evaluation.primary
    var predictors = [
      try predictor(
        fused.kind, isFused: true, fused.result.predictions, fused.result.probabilities, labels,
        counting: nil, classCount: classCount)
    ]
    for modality in evaluation.modalities {
      let present = modality.predictions.map { $0 >= 0 }
      predictors.append(
        try predictor(
          modality.name, isFused: false, modality.predictions, modality.probabilities, labels,
          counting: present, classCount: classCount))
    }
    return [
      "format": .integer(format), "split": .text(evaluation.split.rawValue),
      "samples": .integer(labels.count),
      "modalities": .list(evaluation.modalities.map { .text($0.name) }),
      "predictors": .list(predictors), "weights": .list(try weights(evaluation)),
      "presence": .list(presence(evaluation)),
    ]
  }

  private static func predictor(
    _ name: String, isFused: Bool, _ predictions: [Int], _ probabilities: [Double],
    _ labels: [Int], counting isCounted: [Bool]?, classCount: Int
  ) throws -> JSONValue {
    var pairs: [Pair: Int] = [:]
    var bins = [(count: Int, confidence: Double, right: Int)](
      repeating: (0, 0, 0), count: Calibration.binCount)
    for (sample, label) in labels.enumerated() where isCounted?[sample] ?? true {
      if sample % 4096 == 0 { try LongWork.step() }
      let prediction = predictions[sample]
      pairs[Pair(label: label, prediction: prediction), default: 0] += 1
      guard prediction >= 0, probabilities[sample].isFinite else { continue }
      let bin = Calibration.bin(of: probabilities[sample])
      bins[bin].count += 1
      bins[bin].confidence += probabilities[sample]
      if prediction == label { bins[bin].right += 1 }
    }
    return [
      "name": .text(name), "is_fused": .flag(isFused),
      "confusion": .list(
        written(pairs, classCount: classCount).map {
          [.integer($0.label), .integer($0.prediction), .integer($1)]
        }),
      "bins": [
        "count": .list(bins.map { .integer($0.count) }),
        "confidence": .list(bins.map { .number($0.confidence) }),
        "right": .list(bins.map { .integer($0.right) }),
      ],
    ]
  }

  private struct Pair: Hashable {
    let label, prediction: Int
  }

  /// All pairs, by label; of very many classes the most frequent mistakes, the first of them first.
  private static func written(
    _ pairs: [Pair: Int], classCount: Int
  ) -> [(Pair, Int)] {
    let all = pairs.map { ($0.key, $0.value) }.sorted {
      ($0.0.label, $0.0.prediction) < ($1.0.label, $1.0.prediction)
    }
    guard classCount > mostClasses else { return all }
    // Of equally frequent ones, those of the first label, so that the same run writes the same file.
    let mistakes = all.filter { $0.0.label != $0.0.prediction }.enumerated()
    return mistakes.sorted { (-$0.element.1, $0.offset) < (-$1.element.1, $1.offset) }
      .prefix(mostPairs).map(\.element)
  }

  /// The weights of each modality where it is there; nothing where a method's own prediction has none.
  private static func weights(_ evaluation: Evaluation) throws -> [JSONValue] {
    let all = evaluation.primary.result.weights
    guard all.count == evaluation.modalities.count,
      all.joined().contains(where: { $0 != 0 && $0 != 1 })
    else { return [] }
    let most = max(1, all.joined().filter(\.isFinite).max() ?? 1)
    return try zip(evaluation.modalities, all).map { modality, weights in
      try LongWork.step()
      let present = zip(weights, modality.predictions).filter { $1 >= 0 && $0.isFinite }.map(\.0)
        .sorted()
      var counts = [Int](repeating: 0, count: weightParts)
      for weight in present {
        counts[min(weightParts - 1, max(0, Int(weight / most * Double(weightParts))))] += 1
      }
      return [
        "name": .text(modality.name), "samples": .integer(present.count),
        "median": .optional(present.isEmpty ? nil : present[present.count / 2]),
        "from": 0, "to": .number(most), "counts": .list(counts.map { .integer($0) }),
      ]
    }
  }

  /// How many samples have which modalities, the most frequent first.
  private static func presence(_ evaluation: Evaluation) -> [JSONValue] {
    var counts: [[Bool]: Int] = [:]
    for sample in evaluation.labels.indices {
      counts[evaluation.modalities.map { $0.predictions[sample] >= 0 }, default: 0] += 1
    }
    func rank(_ entry: (key: [Bool], value: Int)) -> (Int, String) {
      (-entry.value, entry.key.map { $0 ? "0" : "1" }.joined())
    }
    return counts.sorted { rank($0) < rank($1) }.prefix(mostPairs).map { present, count in
      let names = zip(evaluation.modalities, present).filter(\.1).map { JSONValue.text($0.0.name) }
      return ["modalities": .list(names), "samples": .integer(count)]
    }
  }
}
