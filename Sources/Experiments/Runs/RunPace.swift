import Foundation
import Runs

/// What runs take: those of the same point alike, others as the mean of what is known.
struct RunPace {
  private let points: [String]
  private var known: [String: [Double]] = [:]

  /// What the runs of a plan that are over took.
  init(_ plan: ExperimentPlan, _ stages: [RunDirectory.Stage]) {
    points = plan.runs.map(\.point)
    for (run, stage) in zip(plan.runs, stages) where stage == .over {
      guard let seconds = RunSummary(of: run.directory)?.seconds,
        let folder = try? RunDirectory(existing: run.directory)
      else { continue }
      // Where all samples are trained on in the end, there is a training before.
      let before = RunSummary(of: folder.heldOut)?.seconds ?? 0
      known[run.point, default: []].append(before + seconds)
    }
  }

  /// Notes what a run took; nil: not all of it was timed.
  mutating func note(_ run: Int, _ seconds: Double?) {
    guard let seconds else { return }
    known[points[run], default: []].append(seconds)
  }

  /// Notes what a point's runs are expected to take.
  mutating func expect(_ point: String, _ seconds: Double) { known[point] = [seconds] }

  /// Whether anything is known of a point.
  func knows(_ point: String) -> Bool { known[point] != nil }

  /// What some runs take one after the other; nil while nothing is known of any.
  func seconds(_ runs: [Int]) -> Double? {
    let means = known.mapValues { $0.reduce(0, +) / Double($0.count) }
    guard !means.isEmpty else { return nil }
    let usual = means.values.reduce(0, +) / Double(means.count)
    return runs.reduce(0) { $0 + (means[points[$1]] ?? usual) }
  }
}

/// What an experiment reads of a run's `summary.json`.
struct RunSummary: Decodable {
  let seconds: Double
  let digest: String

  private enum CodingKeys: String, CodingKey {
    case seconds
    case digest = "weights_sha256"
  }

  /// The summary of the run in a folder; nil: there is none.
  init?(of directory: String) {
    guard let data = FileManager.default.contents(atPath: "\(directory)/summary.json"),
      let summary = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = summary
  }
}
