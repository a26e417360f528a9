import Foundation
import Runs
import Tensors

/// What an experiment would do: which runs, and how long they take.
public struct RunEstimate {
  /// One point.
  public struct Row: Sendable {
    /// What tables call it.
    public let name: String
    /// Its runs.
    public let runCount: Int
    /// Those that are over.
    public let finishedCount: Int
    /// What those left take, one after the other, in seconds; nil: nobody knows.
    public let seconds: Double?
    /// Why the run that was timed failed, as the others will; nil: none did.
    public let failure: String?
  }

  /// What is known of a run that was tried.
  public enum Trial: Sendable, Equatable {
    /// What all of its epochs take.
    case seconds(Double)
    /// It fails, and says why.
    case failed(String)
  }

  /// A row a point with runs of its own.
  public let rows: [Row]

  /// - Parameter timed: tries a run whose point has none yet.
  /// - Throws: `ExperimentError` where runs of another experiment are in the way.
  public init(_ plan: ExperimentPlan, timed: (ExperimentRun) throws -> Trial) throws {
    let stages = try plan.runs.map { try $0.stage() }
    var pace = RunPace(plan, stages)
    var (rows, seen): ([Row], Set<String>) = ([], [])
    for run in plan.runs where seen.insert(run.point).inserted {
      try LongWork.step()
      var failure: String?
      if !pace.knows(run.point) {
        switch try timed(run) {
        case .seconds(let seconds): pace.expect(run.point, seconds)
        case .failed(let reason): failure = reason
        }
      }
      let own = plan.runs.indices.filter { plan.runs[$0].point == run.point }
      let left = own.filter { stages[$0] != .over }
      rows.append(
        Row(
          name: run.name, runCount: own.count, finishedCount: own.count - left.count,
          seconds: failure == nil ? pace.seconds(left) : nil, failure: failure))
    }
    self.rows = rows
  }

  /// The table for people.
  public var table: TextTable {
    var table = TextTable(["runs of", "runs", "over", "left, one by one"])
    for row in rows {
      table.add([
        row.name, "\(row.runCount)", "\(row.finishedCount)",
        row.failure == nil ? row.seconds.map(Numerals.duration) ?? "unknown" : "fails",
      ])
    }
    return table
  }

  /// All that is left, without what fails, with so many runs at once, in seconds; nil: nobody knows.
  public func seconds(atOnce: Int) -> Double? {
    let seconds = rows.filter { $0.failure == nil }.map(\.seconds)
    guard !seconds.isEmpty, seconds.allSatisfy({ $0 != nil }) else { return nil }
    return seconds.reduce(0) { $0 + ($1 ?? 0) } / Double(max(1, atOnce))
  }

  /// What a run takes, from one of one epoch in a folder that is gone after it: all of that once, and its
  /// epoch's training once for every further epoch.
  public static func timed(
    _ run: ExperimentRun, by starter: any RunStarter, in folder: String
  ) throws -> Trial {
    var configuration = run.configuration
    configuration.epochs = 1
    let short = ExperimentRun(
      point: run.point, name: run.name, seed: run.seed, configuration: configuration,
      directory: "\(folder)/runs/\(run.point)")
    let began = ContinuousClock.now
    let job = try starter.start(short, resuming: false)
    var ending: RunEnding?
    do {
      while ending == nil {
        try LongWork.step()
        ending = job.poll()
        if ending == nil { usleep(10_000) }
      }
    } catch {
      job.end()
      throw error
    }
    let seconds = began.duration(to: .now) / .seconds(1)
    if case .failed(let reason, _)? = ending { return .failed(reason) }
    guard let line = FileManager.default.contents(atPath: "\(short.directory)/metrics.jsonl"),
      let epoch = try? JSONDecoder().decode(Epoch.self, from: line)
    else { return .failed("it ended without all that it should leave") }
    let trainings = run.configuration.fusion.refitsOnAll ? 2.0 : 1
    return .seconds(seconds + trainings * Double(run.configuration.epochs - 1) * epoch.seconds)
  }

  private struct Epoch: Decodable {
    let seconds: Double
  }
}
