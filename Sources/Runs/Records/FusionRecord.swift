import Configuration
import Coordinator
import MLA
import Storage

/// `fusion.json`: the pool that was fitted at a run's end, in numbers that people can read.
package enum FusionRecord {
  /// The version of this file's layout.
  private static let currentFormat = 1

  /// What is written.
  ///
  /// - Parameter model: the folder of the weights that it was fitted with, below the run's.
  static func json(
    _ fusion: FittedFusion, of configuration: RunConfiguration, model: String
  ) -> JSONValue {
    let pool = fusion.fit.pool
    return [
      "format": .integer(currentFormat), "kind": .text(FusionKind.robustPool.rawValue),
      "model": .text(model), "spoilt": .number(pool.spoilt), "ridge": .number(fusion.ridge),
      "prior": numbers(pool.prior), "scale": .number(fusion.fit.scale),
      "fallback": .flag(fusion.fit.isFallback), "samples": .integer(fusion.sampleCount),
      "seed": .unsigned(fusion.seed),
      "fused": .named(fusion.fused) { ($0.name, .object(scores($0.score))) },
      "modalities": .named(configuration.modalities.enumerated()) { place, modality in
        var members = scores(fusion.modalities[place].score)
        members["samples"] = .integer(fusion.sampleCounts[place])
        members["weight"] = .number(pool.weights[place])
        members["temperature"] = .number(fusion.fit.temperatures[place])
        members["detector"] =
          pool.detectors[place].map { detector -> JSONValue in
            [
              "means": numbers(detector.means), "deviations": numbers(detector.deviations),
              "coefficients": numbers(detector.coefficients),
            ]
          } ?? .null
        return (modality.name, .object(members))
      },
    ]
  }

  /// What is to be said where a fusion was to be fitted, and was not.
  package static func absence(of configuration: RunConfiguration) -> String {
    "there is no \(configuration.fusion.kind.rawValue) that was fitted to these weights (fusion.json): \(FusionKind.averageLogits.rawValue) takes its place"
  }

  private static func numbers(_ values: [Double]) -> JSONValue { .list(values.map { .number($0) }) }

  private static func scores(_ score: FusionScore) -> [String: JSONValue] {
    ["accuracy": .number(score.accuracy), "nll": .number(score.negativeLogLikelihood)]
  }
}

// MARK: - Reading

extension FusionRecord {
  private struct Content: Decodable {
    struct Score: Decodable {
      let accuracy, nll: Double?

      var score: FusionScore {
        // What is not a number is written as null.
        FusionScore(accuracy: accuracy ?? .nan, negativeLogLikelihood: nll ?? .nan)
      }
    }

    struct Modality: Decodable {
      let weight, temperature: Double
      let samples: Int
      let accuracy, nll: Double?
      let detector: Detector?
    }

    struct Detector: Decodable {
      let means, deviations, coefficients: [Double]
    }

    let format: Int
    let kind, model: String
    let spoilt, ridge, scale: Double
    let prior: [Double]
    let fallback: Bool
    let samples: Int
    let seed: UInt64
    let fused: [String: Score]
    let modalities: [String: Modality]
  }

  /// The pool of a run's model; nil: none was fitted with these weights.
  ///
  /// - Parameter model: the folder of the weights.
  /// - Throws: `RunError.unreadable` where the file is not what a run of this configuration writes.
  package static func read(
    from run: RunDirectory, of configuration: RunConfiguration, model: String
  ) throws -> FittedFusion? {
    guard let content = try RecordFile.read(Content.self, from: run.fusion),
      content.model == model
    else { return nil }
    func misfit(_ problem: String) -> RunError {
      .unreadable(file: run.fusion, problem: "\(problem); put it back from a copy, or remove it")
    }
    guard content.format == currentFormat, content.kind == FusionKind.robustPool.rawValue else {
      throw misfit(
        "has kind \(content.kind.legible()) and format \(content.format), but this build reads \(FusionKind.robustPool.rawValue) and \(currentFormat)"
      )
    }
    let modalities = try configuration.modalities.map { modality in
      guard let own = content.modalities[modality.name] else {
        throw misfit("modalities: found no '\(modality.name)'")
      }
      return own
    }
    func areAboveZero(_ values: [Double]) -> Bool { values.allSatisfy { $0 > 0 && $0.isFinite } }
    guard content.prior.count == configuration.classes.count, areAboveZero(content.prior) else {
      throw misfit(
        "prior: found no number above 0 for each of \(configuration.classes.count) classes")
    }
    guard areAboveZero(modalities.map(\.weight)), areAboveZero([content.spoilt]),
      content.spoilt < 1
    else { throw misfit("found a weight or a share of spoilt inputs out of its range") }
    let detectors = try modalities.map { modality in
      try modality.detector.map { detector in
        guard detector.means.count == 3, detector.deviations.count == 3,
          detector.coefficients.count == 4, areAboveZero(detector.deviations)
        else { throw misfit("found a detector without its 3 means, 3 deviations, 4 coefficients") }
        return SpoiltDetector(
          means: detector.means, deviations: detector.deviations,
          coefficients: detector.coefficients)
      }
    }
    let pool = RobustPool(
      spoilt: content.spoilt, prior: content.prior, weights: modalities.map(\.weight),
      detectors: detectors)
    let first = FusionKind.robustPool.rawValue
    let names = [first] + content.fused.keys.filter { $0 != first }.sorted()
    return FittedFusion(
      fit: PoolFit(
        pool: pool, temperatures: modalities.map(\.temperature), scale: content.scale,
        isFallback: content.fallback),
      ridge: content.ridge, sampleCount: content.samples,
      sampleCounts: modalities.map(\.samples), seed: content.seed,
      fused: names.compactMap { name in
        content.fused[name].map { .init(name: name, score: $0.score) }
      },
      modalities: zip(configuration.modalities, modalities).map { configured, own in
        .init(
          name: configured.name,
          score: Content.Score(accuracy: own.accuracy, nll: own.nll).score)
      })
  }
}
