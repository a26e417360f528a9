import Configuration
import Coordinator
import Exchange
import MLA
import Statistics
import Tensors

/// What one run amounts to in one row of the tables.
public struct Cell: Sendable {
  /// The share of the test samples that are classified rightly; one without a prediction is not.
  public let accuracy: Double
  /// The mean F1 of the classes.
  public let macroF1: Double
  /// The mean recall of the classes that occur.
  public let balancedAccuracy: Double
  /// The accuracy of each modality by itself, over the samples that have it.
  public let modalityAccuracies: [Double]
  /// The accuracy on the validation split; nil: there is none.
  public let validationAccuracy: Double?
  /// How far probabilities can be believed.
  public let calibration: Calibration?
  /// The temperature that was fitted on the validation split; nil: there is none.
  public let temperature: Double?
  /// The same with that temperature.
  public let calibrated: Calibration?
  /// The accuracy at each rate of missing modalities; nil: it cannot be told.
  public let missing: [Double?]
  /// For each kind of spoilt input, the accuracy at each rate; nil: it cannot be told.
  public let spoilt: [[Double?]]
  /// Where the features of each modality lie; nil: that is not known.
  public let centres: Centres?
  /// The accuracy with each subset of the modalities, `2^M` (bit m: modality m); empty: not asked for.
  public let subsets: [Double]
  /// Which class is taken for which.
  public let confusion: ConfusionMatrix
  /// Which test samples are classified rightly.
  let correct: [Bool]
  /// The samples: hashes of ids, labels, groups.
  let ids: [Int64]
  let labels: [Int]
  let groups: [Int]

  /// The contribution of each modality (Shapley); empty: subsets were not asked for.
  public var contributions: [Double] { subsets.isEmpty ? [] : Shapley.contributions(subsets) }
}

extension Cell {
  /// The numbers of a run; nil where it has no test split, or its own prediction was not kept.
  init?(
    _ logits: KeptLogits, _ configuration: RunConfiguration,
    fusion: ExperimentDescription.ReportedFusion, conditions: ExperimentDescription.Conditions
  ) throws {
    let predictor = Predictor(logits: logits, configuration: configuration, fusion: fusion)
    guard let test = logits.splits[.test], let result = predictor.predict(test) else { return nil }
    let classCount = logits.classCount
    let metrics = ClassificationMetrics(
      predictions: result.predictions, labels: test.labels, classCount: classCount)
    (accuracy, macroF1) = (metrics.accuracy, metrics.macroF1)
    balancedAccuracy = metrics.balancedAccuracy
    modalityAccuracies = test.modalities.map { modality in
      ClassificationMetrics(
        predictions: Fusion.fuse([modality], kind: .averageLogits, keepsScores: false).predictions,
        labels: test.labels, classCount: classCount, counting: modality.present
      ).accuracy
    }
    let scores = Self.logarithms(result.scores, predictor.givesProbabilities(test))
    let isPredicted = result.predictions.map { $0 >= 0 }
    calibration = Calibration(
      probabilities: Softmax.probabilities(scores, classCount: classCount), labels: test.labels,
      isPredicted: isPredicted)
    let validation = logits.splits[.validation]
    let checked = validation.flatMap { predictor.predict($0) }
    if let validation, let checked {
      validationAccuracy = Self.accuracy(checked.predictions, validation.labels)
      temperature = Temperature.fitted(
        scores: Self.logarithms(
          checked.scores, predictor.givesProbabilities(validation)), labels: validation.labels,
        isPredicted: checked.predictions.map { $0 >= 0 })
    } else {
      (validationAccuracy, temperature) = (nil, nil)
    }
    calibrated = temperature.flatMap {
      Calibration(
        probabilities: Softmax.probabilities(scores, classCount: classCount, temperature: $0),
        labels: test.labels, isPredicted: isPredicted)
    }
    missing = try conditions.missing.rates.map { rate in
      try LongWork.step()
      let present = Self.present(
        test, kind: conditions.missing.kind, rate: rate, seed: configuration.seed)
      return predictor.predict(test, present: present).map {
        Self.accuracy($0.predictions, test.labels)
      }
    }
    spoilt = try Self.spoilt(test, predictor, conditions.spoilt, seed: configuration.seed)
    centres = Centres(test.centres)
    subsets = conditions.hasSubsets ? try Self.subsets(test, predictor) : []
    var confusion = ConfusionMatrix(classCount: classCount)
    confusion.add(predictions: result.predictions, labels: test.labels)
    self.confusion = confusion
    correct = zip(result.predictions, test.labels).map { $0 == $1 }
    (ids, labels, groups) = (test.ids, test.labels, test.groups)
  }

  static func accuracy(_ predictions: [Int], _ labels: [Int]) -> Double {
    Double(zip(predictions, labels).count { $0 == $1 }) / Double(labels.count)
  }

  /// Scores whose softmax is the prediction: logits as they are, probabilities by their logarithms.
  private static func logarithms(_ scores: [Double], _ areProbabilities: Bool) -> [Double] {
    areProbabilities
      ? scores.map { Elementary.logarithm(max(Calibration.floor, $0)) } : scores
  }

  /// Who has what when modalities go missing: as a run with `missing` would have drawn it.
  static func present(
    _ split: KeptLogits.Split, kind: MissingOptions.Kind, rate: Double, seed: UInt64
  ) -> [[Bool]] {
    let rows = split.present.map { present in
      present.indices.map { present[$0] ? Int32($0) : Roster.absent }
    }
    var missing = MissingOptions()
    (missing.kind, missing.rate) = (kind, rate)
    let roster = missing.applied(
      to: Roster(sampleCount: split.labels.count, rows: rows), isTraining: false, seed: seed,
      stream: "missing/test")
    return roster.rows.map { $0.map { $0 != Roster.absent } }
  }

  /// The accuracy with each subset of the modalities. A sample that has none of them is taken for the most
  /// frequent class of the training samples, so that the empty subset has a value, too.
  private static func subsets(
    _ test: KeptLogits.Split, _ predictor: Predictor
  ) throws -> [Double] {
    let counts = predictor.logits.trainCounts
    let usual = counts.indices.max { (counts[$0], $1) < (counts[$1], $0) } ?? 0
    var accuracies: [Double] = []
    for set in 0..<1 << test.modalities.count {
      try LongWork.step()
      let present = test.present.enumerated().map { modality, present in
        set >> modality & 1 == 1 ? present : present.map { _ in false }
      }
      guard let result = predictor.predict(test, present: present) else { return [] }
      accuracies.append(
        accuracy(result.predictions.map { $0 < 0 ? usual : $0 }, test.labels))
    }
    return accuracies
  }
}
