import Configuration
import Coordinator
import Exchange
import MLA
import Storage
import Tensors

extension RunConfiguration {
  /// The configuration of a finished run, with another fusion or data root if asked.
  public static func saved(
    in run: RunDirectory, fusion: FusionKind?, overrides: [String]
  ) throws -> RunConfiguration {
    let model = try ModelDescription(of: run)
    var configuration = try RunConfiguration.load(path: run.configuration, overrides: overrides)
      .trained
    try model.check(configuration, of: run)
    if let fusion { configuration.fusion.kind = fusion }
    return configuration
  }
}

/// `evaluate`: a run's saved model on one of its splits.
extension Job {
  /// How a worker says that a file is not there.
  private static let missing = "no such file"

  /// Evaluates the model of `run`; writes every sample's prediction to `csv` if a path is given.
  @discardableResult
  public func evaluate(
    _ configuration: RunConfiguration, model run: RunDirectory, split: EvaluatedSplit, csv: String?
  ) throws -> RunResult {
    let description = try ModelDescription(of: run, for: configuration)
    // Opened first: what is wrong with its path is not to be found after all the work.
    let predictions = try csv.map { try OutputFile($0) }
    let reporter = try RunReporter(configuration, directory: nil, console: console) { facts in
      try description.check(facts.modalities, of: run)
    }
    let session = try CoordinatorSession(
      configuration, endpoint: endpoint, host: host, runDirectory: run.path, observer: reporter)
    let fusion = try FusionRecord.read(
      from: run, of: configuration, model: description.weights)
    // A fusion that has to be fitted needs validation samples, which are training samples.
    let isUnfitted = configuration.fusion.kind.isFitted && fusion == nil
    let isOfTestAlone = split == .test && !(isUnfitted && description.hasSamplesToFit)
    let capacities = isOfTestAlone ? description.capacities(of: configuration) : nil
    if isUnfitted, capacities != nil { console.warn(FusionRecord.absence(of: configuration)) }
    let result: RunResult
    do {
      result = try session.evaluate(
        weights: description.weights, split: split, fusion: fusion,
        testCapacities: capacities)
    } catch CoordinatorError.refusals(let reasons) where capacities == nil {
      let purpose =
        split == .validation
        ? "the validation split is a part of the training samples"
        : "the fusion is fitted to validation samples, a part of the training samples"
      throw CoordinatorError.refusals(
        reasons.map { $0.contains(Self.missing) ? "\($0) (\(purpose))" : $0 })
    }
    guard let evaluation = result.evaluation else {
      throw CoordinatorError.emptySplit(split)
    }
    console.say("\(split.rawValue) split, weights after \(description.position)")
    console.say(ResultTable.ofRun(evaluation, of: configuration))
    console.say(result.fusion, beside: evaluation)
    if let csv, let predictions {
      let text = try PredictionTable.csv(
        evaluation, ids: result.ids, classes: configuration.classes)
      try predictions.write(Array(text.utf8))
      let count = Numerals.grouped(evaluation.labels.count)
      console.say("predictions of \(count) samples are in \(csv)")
    }
    return result
  }
}

/// Every sample's prediction, and what each modality had to say about it.
enum PredictionTable {
  /// Columns: id, label, prediction, probability; for each modality present, entropy, weight and
  /// its own prediction. Where there is no prediction the fields are empty.
  static func csv(
    _ evaluation: Evaluation, ids: [String], classes: [String]
  ) throws -> String {
    let fused = evaluation.primary.result
    var header = ["id", "label", "prediction", "probability"]
    for modality in evaluation.modalities {
      header += ["present", "entropy", "weight", "prediction"].map { "\(modality.name).\($0)" }
    }
    func name(_ prediction: Int) -> String {
      prediction < 0 ? "" : CSV.field(classes[prediction])
    }
    var lines = [header.map(CSV.field).joined(separator: ",")]
    lines.reserveCapacity(ids.count + 1)
    for (sample, id) in ids.enumerated() {
      try LongWork.step()
      let prediction = fused.predictions[sample]
      var fields = [
        CSV.field(id), name(evaluation.labels[sample]), name(prediction),
        prediction < 0 ? "" : "\(fused.probabilities[sample])",
      ]
      for (index, modality) in evaluation.modalities.enumerated() {
        let own = modality.predictions[sample]
        let isPresent = own >= 0
        fields += [
          isPresent ? "1" : "0", isPresent ? "\(evaluation.entropies[index][sample])" : "",
          isPresent ? "\(fused.weights[index][sample])" : "", name(own),
        ]
      }
      lines.append(fields.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
