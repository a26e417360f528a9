import Runs
import Storage

extension Report {
  /// Writes `scaling.csv`, `scaling.json`, `scaling.html` and each of its plots to a folder.
  public func write(to folder: String) throws {
    try AtomicFile.write(Array(csv.utf8), to: "\(folder)/scaling.csv")
    try json.write(to: "\(folder)/scaling.json")
    try AtomicFile.write(Array(page.utf8), to: "\(folder)/scaling.html")
    for (place, picture) in pictures.enumerated() {
      try AtomicFile.write(Array(picture.document.utf8), to: "\(folder)/plot-\(place + 1).svg")
    }
  }

  /// A row a round, layout and rank, with the coordinator's; times are seconds a cycle. A job that failed has one
  /// row with the reason.
  public var csv: String {
    let header =
      [
        "layout", "kind", "count", "round", "kept", "foreign_cores", "cycle_seconds", "rank",
        "role", "host",
      ]
      + Phase.allCases.map { "\($0.rawValue)_seconds" }
      + ["training_seconds", "peak_memory_bytes", "weights_sha256", "failure"]
    let lines = entries.map { entry -> String in
      func cell(_ number: Int?) -> String { number.map { "\($0)" } ?? "" }
      func cell(_ seconds: Double?) -> String { seconds.map { Numerals.decimals($0, 9) } ?? "" }
      let rank = entry.rank
      var cells = [
        entry.layout.name, entry.layout.kind.rawValue, "\(entry.layout.count)", "\(entry.round)",
        "\(entry.isKept)", cell(entry.foreign), cell(entry.cycle), cell(rank?.rank),
        rank?.role ?? "", rank?.host ?? "",
      ]
      for phase in Phase.allCases { cells.append(cell(rank?[keyPath: phase.seconds])) }
      cells += [
        cell(rank?.training), cell(rank?.peakMemoryByteCount), entry.digest, entry.failure,
      ]
      return cells.map(CSV.field).joined(separator: ",")
    }
    return ([header.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }

  /// One rank in one round.
  private struct Entry {
    let layout: Layout
    let round: Int
    let isKept: Bool
    var foreign: Double?
    var cycle: Double?
    var rank: LayoutReport.Rank?
    var digest = ""
    var failure = ""
  }

  private var entries: [Entry] {
    findings.rounds.flatMap { round in
      zip(findings.rows, round.outcomes).flatMap { row, outcome -> [Entry] in
        var entry = Entry(
          layout: row.layout, round: round.number, isKept: findings.kept.contains(round.number))
        switch outcome {
        case nil: return []
        case .failed(let reason, _):
          entry.failure = reason
          return [entry]
        case .ran(let report, let foreign):
          (entry.foreign, entry.cycle, entry.digest) =
            (foreign, report.cycle, report.weightsDigest)
          return ([report.coordinator] + report.ranks).map { rank in
            entry.rank = rank
            return entry
          }
        }
      }
    }
  }

  /// The machine, the parameters, what was found, and all rows.
  public var json: JSONValue {
    [
      "configuration": .text(configuration),
      "machine": [
        "cores": .integer(machine.cores), "processor": .text(machine.processor),
        "openblas": .text(machine.coreType), "lanes": .text(machine.lanes),
        "load": .text(machine.load),
      ],
      "parameters": [
        "modalities": .list(plan.modalities.map { .integer($0) }),
        "replicas": .list(plan.replicas.map { .integer($0) }),
        "scaled_modality": .text(scaled), "shards": .integer(plan.shardCount),
        "repeats": .integer(plan.repeats), "warm_up": .integer(plan.warmUp),
        "cycles": .integer(plan.cycles), "stand_ins_ms": .optional(plan.standIns),
        "foreign_limit": .number(plan.foreignLimit),
      ],
      "rounds": .integer(findings.rounds.count),
      "kept": .list(findings.kept.map { .integer($0) }),
      "remarks": .list(remarks.map { .text($0) }),
      "layouts": .list(findings.rows.map(Self.layout)),
      "rows": .list(entries.map(Self.row)),
    ]
  }

  private static func layout(_ row: Findings.Row) -> JSONValue {
    [
      "layout": .text(row.layout.name), "count": .integer(row.layout.count),
      "cycle_seconds": spread(row.cycle), "speed_up": spread(row.speedUp),
      "efficiency": spread(row.efficiency), "ideal_seconds": .optional(row.ideal),
      "model_seconds": .optional(row.model),
      "load_balance": .optional(row.factors?.loadBalance),
      "serialisation": .optional(row.factors?.serialisation),
      "transfer": .optional(row.factors?.transfer),
      "parallel_efficiency": .optional(row.factors?.parallelEfficiency),
      "slowest_rank_seconds": .optional(row.slowest), "turns_seconds": .optional(row.turns),
      "weights_sha256": .list(row.digests.map { .text($0) }),
      "failure": row.failure.map { .text($0) } ?? .null,
    ]
  }

  private static func spread(_ spread: Spread?) -> JSONValue {
    guard let spread else { return .null }
    return [
      "median": .number(spread.median), "least": .number(spread.least),
      "most": .number(spread.most),
    ]
  }

  private static func row(_ entry: Entry) -> JSONValue {
    var members: [String: JSONValue] = [
      "layout": .text(entry.layout.name), "round": .integer(entry.round),
      "kept": .flag(entry.isKept), "foreign_cores": .optional(entry.foreign),
      "cycle_seconds": .optional(entry.cycle), "weights_sha256": .text(entry.digest),
      "failure": .text(entry.failure),
    ]
    if let rank = entry.rank {
      members["rank"] = .integer(rank.rank)
      members["role"] = .text(rank.role)
      members["host"] = .text(rank.host)
      members["training_seconds"] = .number(rank.training)
      members["peak_memory_bytes"] = .integer(rank.peakMemoryByteCount)
      for phase in Phase.allCases {
        members["\(phase.rawValue)_seconds"] = .number(rank[keyPath: phase.seconds])
      }
    }
    return .object(members)
  }
}

extension LayoutReport {
  /// The coordinator as a rank: it steps, and waits.
  var coordinator: Rank {
    let training = ranks.map(\.training).max() ?? coordinatorBusy
    var rank = Rank(rank: 0, role: "coordinator", host: "", training: training)
    (rank.head, rank.wait) = (coordinatorBusy, max(0, training - coordinatorBusy))
    return rank
  }
}
