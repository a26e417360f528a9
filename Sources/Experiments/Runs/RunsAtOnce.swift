import Runs
import Tensors

/// How many runs of an experiment go on at the same time: as many as are wanted, if the machine's memory holds
/// them.
public struct RunsAtOnce: Sendable, Equatable {
  /// How many.
  public let count: Int
  /// Why they are fewer than were wanted, a sentence; nil: they are not.
  public let note: String?

  /// What fits of `wanted` runs, whichever of those that are left meet; at least one, which says itself what it
  /// lacks.
  ///
  /// - Throws: `ExperimentError` where runs of another experiment are in the way.
  public init(_ plan: ExperimentPlan, wanted: Int) throws {
    guard wanted > 1 else {
      self.init(wanted: wanted, needs: [], available: 0)
      return
    }
    var (memory, known): (RunMemory, [String: Int?]) = (RunMemory(), [:])
    let needs = try plan.runs.compactMap { run -> Int? in
      guard try run.stage() != .over else { return nil }
      if let need = known[run.point] { return need }
      let need = try memory.byteCount(of: run.configuration)
      known[run.point] = .some(need)
      return need
    }
    self.init(wanted: wanted, needs: needs, available: MachineMemory.hostByteCount)
  }

  /// The most runs, up to `wanted`, of which any fit into `available` bytes.
  init(wanted: Int, needs: [Int], available: Int) {
    let largest = needs.sorted(by: >)
    var (fitting, sum) = (0, 0)
    for need in largest.prefix(wanted) {
      let (total, overflows) = sum.addingReportingOverflow(need)
      guard !overflows, total <= available else { break }
      (fitting, sum) = (fitting + 1, total)
    }
    guard fitting < min(wanted, largest.count) else {
      (count, note) = (wanted, nil)
      return
    }
    count = max(1, fitting)
    note =
      "\(count) at once, not \(wanted): a run needs up to \(Numerals.bytes(largest[0])) of memory, and \(Numerals.bytes(available)) can be had here"
  }
}
