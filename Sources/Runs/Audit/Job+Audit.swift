import Configuration
import Coordinator
import Exchange
import Storage

/// `audit`: what is wrong with the splits of a run's data.
extension Job {
  /// How much better, in accuracy, a modality may be on validation samples than on test samples.
  private static let mostKnown = 0.15

  /// Whether an accuracy on `n` validation samples is so much higher than on `m` test samples that features
  /// seem to know labels.
  static func knowsLabels(_ validation: Double, of n: Int, _ test: Double, of m: Int) -> Bool {
    n > 0 && m > 0 && validation - test > mostKnown
      && AuditFinding.isBeyondChance(validation, of: n, test, of: m)
  }

  /// Looks at the splits of a configuration, or of a run with its model, and says what was found.
  ///
  /// - Parameters:
  ///   - run: the folder of a finished run, whose model is evaluated too; nil: there is none.
  ///   - asJSON: whether everything is written for scripts.
  ///   - isStrict: whether findings are an error.
  /// - Returns: what was found.
  @discardableResult
  public func audit(
    _ configuration: RunConfiguration, model run: RunDirectory?, asJSON: Bool, isStrict: Bool
  ) throws -> SplitAudit {
    let listener = asJSON ? Console.silent : console
    let session = try CoordinatorSession(
      configuration, endpoint: endpoint, host: host, runDirectory: "",
      observer: RunReporter(configuration, directory: nil, console: listener))
    var audit = try session.audit()
    var notes: [String] = []
    if let run {
      switch try knownLabels(configuration, of: run, audit) {
      case .success(let findings): audit.add(findings)
      case .failure(let reason): notes.append(reason.sentence)
      }
    }
    let report = AuditReport(audit, classes: configuration.classes, notes: notes)
    if asJSON {
      print(try report.json.text(pretty: true))
    } else {
      report.say(on: console)
    }
    if isStrict, !audit.findings.isEmpty { throw AuditFailed(count: audit.findings.count) }
    return audit
  }

  /// Why a model could not be looked at.
  private struct NoComparison: Error {
    let sentence: String
  }

  /// Compares each modality's accuracy on validation samples with that on test samples: features that were
  /// made by somebody who knew the labels of the training files are right about all samples there.
  private func knownLabels(
    _ configuration: RunConfiguration, of run: RunDirectory, _ audit: SplitAudit
  ) throws -> Result<[AuditFinding], NoComparison> {
    for split in [EvaluatedSplit.validation, .test]
    where !audit.balances.contains(where: { $0.name == split.rawValue }) {
      return .failure(
        NoComparison(
          sentence:
            "the run has no \(split.rawValue) split, so that nothing can be said of features that know the training labels; train one with \(split == .validation ? "data.validation: 0.2" : "test files")"
        ))
    }
    let description = try ModelDescription(of: run)
    func accuracies(_ split: EvaluatedSplit) throws -> [Evaluation.Unimodal] {
      let reporter = try RunReporter(configuration, directory: nil, console: .silent) { facts in
        try description.check(facts.modalities, of: run)
      }
      let session = try CoordinatorSession(
        configuration, endpoint: endpoint, host: host, runDirectory: run.path, observer: reporter)
      return try session.evaluate(weights: description.weights, split: split).evaluation?
        .modalities ?? []
    }
    let (validation, test) = (try accuracies(.validation), try accuracies(.test))
    return .success(
      zip(validation, test).compactMap { known, new in
        let (high, low) = (known.metrics.accuracy, new.metrics.accuracy)
        guard Self.knowsLabels(high, of: known.sampleCount, low, of: new.sampleCount) else {
          return nil
        }
        return AuditFinding(
          .knownLabels, split: .test, modality: known.name,
          examples: [["\(Numerals.percent(high)) %", "\(Numerals.percent(low)) %"]],
          "the modality's own accuracy is \(Numerals.percent(high)) % on \(Numerals.grouped(known.sampleCount)) validation samples and \(Numerals.percent(low)) % on \(Numerals.grouped(new.sampleCount)) test samples: its features seem to know the labels of the training files, so validation says nothing about it"
        )
      })
  }
}

/// An audit that must find nothing has found something.
public struct AuditFailed: Error, CustomStringConvertible {
  /// How many findings there are.
  public let count: Int
  /// The error as one sentence.
  public var description: String {
    "the audit has \(Numerals.counted(count, "finding", "findings")), and --strict allows none"
  }
}
