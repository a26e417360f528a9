import Exchange
import Glibc
import Runs
import Storage
import Tensors

/// Brings the runs of an experiment to their ends, some at a time: those that are over are not run again, those
/// that were cut off go on, and one that fails is noted while the others go on.
public final class ExperimentRunner {
  private struct Going {
    let place: Int
    let job: any StartedRun
    let began: ContinuousClock.Instant
  }

  private let plan: ExperimentPlan
  private let starter: any RunStarter
  private let atOnce: Int
  private let progress: (String) -> Void
  private var stages: [RunDirectory.Stage]
  private var going: [Going] = []
  private var pace: RunPace
  /// Why runs failed, by their place in the plan.
  public private(set) var failures: [Int: String] = [:]
  private var refusals: [String: String] = [:]

  /// - Parameters:
  ///   - atOnce: how many runs go on at the same time.
  ///   - progress: called with a line after each run.
  /// - Throws: `ExperimentError` where runs of another experiment are in the way.
  public init(
    _ plan: ExperimentPlan, starter: any RunStarter, atOnce: Int,
    progress: @escaping (String) -> Void = { _ in }
  ) throws {
    (self.plan, self.starter, self.progress) = (plan, starter, progress)
    self.atOnce = max(1, atOnce)
    // Before anything is started: what is in the way of one is told at once.
    stages = try plan.runs.map { try $0.stage() }
    pace = RunPace(plan, stages)
  }

  /// The runs that are over.
  public var finishedCount: Int { stages.count { $0 == .over } }

  /// Brings all runs to their ends. An error ends those that are under way, with checkpoints.
  public func run() throws {
    do {
      var waiting = plan.runs.indices.filter { stages[$0] != .over }[...]
      while !waiting.isEmpty || !going.isEmpty {
        try LongWork.step()
        while going.count < atOnce, let place = waiting.popFirst() { try start(place) }
        look()
        if !going.isEmpty { usleep(10_000) }
      }
    } catch {
      // All are asked before any is waited for.
      for run in going { run.job.ask() }
      for run in going { run.job.end() }
      throw error
    }
  }

  private func start(_ place: Int) throws {
    let run = plan.runs[place]
    if let reason = refusals[run.point] {
      failures[place] = reason
      return
    }
    do {
      try makeRoom(for: run, at: place)
    } catch let error where !(error is ExchangeError) {
      // What stands in the way of one run does not of the others.
      failures[place] = "\(error)"
      return tell(place, "failed: \(error)")
    }
    guard stages[place] != .over else { return }
    let job = try starter.start(run, resuming: stages[place] == .cut)
    going.append(Going(place: place, job: job, began: .now))
  }

  /// Looks once more how far a run is, and removes what it left that it cannot go on from.
  private func makeRoom(for run: ExperimentRun, at place: Int) throws {
    guard access(run.directory, F_OK) == 0 else {
      try ModelFiles.createFolder(run.directory.folderOfPath)
      return
    }
    try waitForOwner(of: run)
    stages[place] = try run.stage()
    if stages[place] == .ahead { try RunDirectory(resuming: run.directory).removeRemains() }
  }

  /// Waits for a run that an experiment before this one had started: when that was killed, the run was asked to
  /// end, and writes a checkpoint first.
  private func waitForOwner(of run: ExperimentRun) throws {
    let limit = ContinuousClock.now + .seconds(60)
    var isTold = false
    while true {
      do {
        return try FolderLock(run.directory).release()
      } catch  where ContinuousClock.now < limit {
        if !isTold { progress("\(run.title) · waits up to a minute: \(error)") }
        isTold = true
        try LongWork.step()
        usleep(50_000)
      }
    }
  }

  private func look() {
    for run in going {
      guard let ending = run.job.poll() else { continue }
      going.removeAll { $0.place == run.place }
      finish(run, ending)
    }
  }

  private func finish(_ run: Going, _ ending: RunEnding) {
    let planned = plan.runs[run.place]
    let seconds = run.began.duration(to: .now) / .seconds(1)
    switch ending {
    case .over where (try? planned.stage()) == .over:
      pace.note(run.place, stages[run.place] == .cut ? nil : seconds)
      stages[run.place] = .over
    case .over:
      failures[run.place] = "it ended without all that it should leave in \(planned.directory)"
    case .failed(let reason, let isRefusal):
      failures[run.place] = reason
      if isRefusal { refusals[planned.point] = reason }
    }
    tell(
      run.place, failures[run.place].map { "failed: \($0)" } ?? Numerals.duration(seconds))
  }

  /// A line about a run that has ended, and what is left.
  private func tell(_ place: Int, _ result: String) {
    let left = plan.runs.indices.filter { stages[$0] != .over && failures[$0] == nil }
    let outlook = pace.seconds(left).map {
      "\(Numerals.duration($0 / Double(atOnce))) left"
    }
    progress(
      ([plan.runs[place].title, result, "\(finishedCount) of \(plan.runs.count) runs"]
        + (left.isEmpty ? [] : [outlook ?? "time left unknown"])).joined(separator: " · "))
  }
}
