import Configuration
import Exchange
import Foundation
import Storage
import Tensors

/// `train --trace`: what all ranks do, in one file.
extension Job {
  /// Runs `body` while all ranks record what they do, then writes that to a file.
  ///
  /// - Parameter path: the file, which is looked at before anything is done; nil: nothing is recorded.
  public func traced(
    to path: String?, _ configuration: RunConfiguration, _ body: () throws -> Void
  ) throws {
    guard let path else { return try body() }
    let file = try OutputFile(path)
    let trace = try JobTrace(endpoint, host: host)
    defer { Trace.end() }
    do {
      try body()
    } catch let error as RunError where error.comesAfterTraining {
      // The trace is no reason to say anything else of the run.
      do { try write(trace, to: file, path, configuration) } catch { console.warn("\(error)") }
      throw error
    }
    try write(trace, to: file, path, configuration)
  }

  private func write(
    _ trace: JobTrace, to file: OutputFile, _ path: String, _ configuration: RunConfiguration
  ) throws {
    let ranks = try trace.finish()
    let modalities = configuration.modalities.flatMap { modality in
      (0..<modality.ranks).map { "\(modality.name)/\($0)" }
    }
    let roles = ["coordinator"] + modalities
    let written = TraceFile(
      ranks, roles: ranks.indices.map { roles.indices.contains($0) ? roles[$0] : "rank \($0)" })
    let processor = Machine.processor(Machine.text("/proc/cpuinfo"))?.name
    try file.write(
      try written.json(machine: [
        "processor": .text(processor ?? "unknown"),
        "cores": .integer(ProcessInfo.processInfo.activeProcessorCount),
        "threads": .integer(Threads.count),
        "ranks_in_one_process": .flag(endpoint.sharesProcess),
      ]))
    let spans = Numerals.counted(written.spanCount, "span", "spans")
    console.say("a trace of \(spans) is in \(path); https://ui.perfetto.dev shows it")
    guard written.droppedCount > 0 else { return }
    console.warn(
      "the trace holds the end of the job only: \(Numerals.counted(written.droppedCount, "older span", "older spans")) had no room"
    )
  }
}

extension RunError {
  /// Whether ranks are as after a run that went well: they wait for another assignment.
  fileprivate var comesAfterTraining: Bool {
    switch self {
    case .ended, .notSaved, .lost: true
    default: false
    }
  }
}
