import Configuration
import Exchange
import MLA
import Methods
import Tensors

// What a run amounted to.

extension EpochLoop {
  /// Seconds of the run, with those before it was gone on with.
  var seconds: Double { (origin?.seconds ?? 0) + (ContinuousClock.now - began).seconds }

  func result(_ end: EpochEnd?, kept: RunResult.Kept?) throws -> RunResult {
    let reports = end?.reports ?? []
    let workers = zip(team.members, reports).enumerated().flatMap { modality, group in
      zip(group.0, [group.1] + group.1.followers).map { member, report in
        RunResult.Rank(
          role: configuration.modalities[modality].name, host: member.host,
          arithmetic: member.arithmetic, peakMemoryByteCount: report.peakMemoryByteCount,
          skippedCount: report.skippedCount, waiting: report.waiting, phases: report.phases)
      }
    }
    let coordinator = RunResult.Rank(
      role: "coordinator", host: session.host, arithmetic: .here,
      peakMemoryByteCount: ProcessMemory.peakByteCount, skippedCount: 0,
      waiting: session.endpoint.waiting, phases: nil)
    // Workers that are ahead go on while the coordinator evaluates: only the whole can be timed.
    let timed =
      configuration.method.isConducted
      ? trainingSeconds : (ContinuousClock.now - began).seconds
    return RunResult(
      evaluation: end?.evaluation, validation: end?.validation, kept: kept, fusion: end?.fusion,
      seconds: seconds,
      cyclesPerSecond: timed > 0 ? Double(trainedCycles) / timed : 0,
      weightsDigest: try HeadFile.digest(method.weights, with: reports.map(\.weightsDigest)),
      ranks: [coordinator] + workers,
      ids: (end?.evaluation?.split).map { team.roster.ids(of: $0) } ?? [], logits: end?.logits)
  }
}
