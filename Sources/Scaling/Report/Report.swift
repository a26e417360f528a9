import MPI
import Runs
import Storage
import Tensors

/// What is told of an experiment, on the console and in files.
public struct Report {
  let findings: Findings
  let plan: ScalingPlan
  let configuration: String
  /// The modality that got several ranks.
  let scaled: String
  let machine: MachineFacts

  /// - Parameter configuration: what the configuration is called.
  public init(
    _ findings: Findings, of plan: ScalingPlan, configuration: String, scaled: String,
    machine: MachineFacts = .here
  ) {
    self.findings = findings
    self.plan = plan
    self.configuration = configuration
    self.scaled = scaled
    self.machine = machine
  }

  /// The rows of a kind.
  func rows(_ kind: Layout.Kind) -> [Findings.Row] {
    findings.rows.filter { $0.layout.kind == kind }
  }

  /// Where and how it was measured, in one line.
  public var headline: String {
    ([configuration] + machine.words + conditions).joined(separator: " · ")
  }

  private var conditions: [String] {
    [
      Numerals.counted(plan.repeats, "round", "rounds"), "\(plan.cycles) cycles each",
    ] + (plan.standIns.map { ["stand-ins of \(Numerals.decimals($0, 1)) ms"] } ?? [])
  }

  /// What became of the rounds, a sentence each.
  public var remarks: [String] {
    let (all, dropped) = (findings.rounds.count, findings.droppedCount)
    let limit = "\(Numerals.decimals(plan.foreignLimit, 2)) of a core"
    var remarks: [String] = []
    if findings.areAllDisturbed {
      remarks.append(
        "other work took more than \(limit) in every round: these figures are of all of them, and worth little"
      )
    } else {
      remarks.append(
        "\(dropped) of \(all) rounds dropped: other work took more than \(limit)")
    }
    if plan.hostFile != nil { remarks.append("other work was looked for on this host alone") }
    remarks += findings.rows.compactMap { row in
      row.failure.map { "\(row.layout.name) failed: \($0)" }
    }
    return remarks
  }

  /// What is said of the weights of a row.
  func weights(_ row: Findings.Row) -> String {
    guard let first = row.digests.first else { return "-" }
    guard row.digests.count == 1 else { return "DIFFER BETWEEN ROUNDS" }
    let short = "\(first.prefix(8))"
    guard row.layout.kind == .strong, let base = rows(.strong).first, base.layout != row.layout,
      let expected = base.digests.first
    else { return short }
    return short + (expected == first ? " same bits" : " OTHER BITS")
  }
}

/// The machine that an experiment is started from.
public struct MachineFacts: Sendable {
  /// The cores that this process may use.
  public var cores: Int
  /// The processor's name.
  public var processor: String
  /// OpenBLAS's core type.
  public var coreType: String
  /// The width of our own kernels.
  public var lanes: String
  /// The load of the last minute when it was looked at.
  public var load: String

  /// This machine, now.
  public static var here: MachineFacts {
    let load = Machine.text("/proc/loadavg").split(separator: " ").first.map(String.init)
    return MachineFacts(
      cores: MPIWorld.coreCount,
      processor: Machine.processor(Machine.text("/proc/cpuinfo"))?.name ?? "unknown processor",
      coreType: BLAS.coreName, lanes: Lanes.current.rawValue, load: load ?? "unknown")
  }

  var words: [String] {
    [
      Numerals.counted(cores, "core", "cores"), processor, "OpenBLAS \(coreType)", "lanes \(lanes)",
      "load \(load)",
    ]
  }
}
