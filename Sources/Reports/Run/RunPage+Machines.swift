import Plots
import Runs
import Storage

/// Who waited for whom, time by phase, memory.
extension RunPage {
  /// The phases of a worker's training, as `summary.json` has them.
  private static let phases = [
    ("load", "samples"), ("forward", "forward"), ("head", "head"), ("backward", "backward"),
    ("exchange", "exchange of replicas"), ("waiting", "waiting for others"),
  ]

  /// The ranks of the summary, in their order.
  private var ranks: [(rank: Int, facts: JSONValue)] {
    (run.summary?["ranks"]?.members ?? [:]).compactMap { rank, facts in
      Int(rank).map { (rank: $0, facts: facts) }
    }.sorted { $0.rank < $1.rank }
  }

  var machines: [Block] {
    let pictures = [phasePicture, waitingCurve, dataWaitCurve, rate].compactMap { $0 }
    return (pictures.isEmpty ? [] : [.beside(pictures)]) + [rankTable].compactMap { $0 }
  }

  private func title(_ rank: Int, _ facts: JSONValue) -> String {
    "\(rank) \(Shown.plain(facts["role"]?.text ?? ""))"
  }

  private var phasePicture: Block? {
    let rows = ranks.filter { $0.facts["phases"] != nil }.prefix(64)
    guard !rows.isEmpty else { return nil }
    return .picture(
      StackedBars(
        "Time of training by phase", measure: "seconds", parts: Self.phases.map(\.1),
        bars: rows.map { rank, facts in
          .init(
            title(rank, facts),
            Self.phases.map { facts["phases"]?[$0.0]?.quantity ?? 0 })
        }, isShaded: true
      ).picture,
      "Of each rank that trains a modality. Evaluation and checkpoints are not in it.")
  }

  private var waitingCurve: Block? {
    plot(
      "Waiting for other ranks", "seconds an epoch",
      names.map { name in curve(name, palette[name], run.epochs) { $0.waited[name] } },
      "The one that waits least is the one that the others wait for.", from: 0)
  }

  private var dataWaitCurve: Block? {
    // A share of a thousandth is nothing to look at.
    guard run.epochs.contains(where: { $0.dataWait.values.contains { $0 > 0.001 } }) else {
      return nil
    }
    return plot(
      "Waiting for samples to be read", "per cent of the epoch",
      names.map { name in
        curve(name, palette[name], run.epochs) { $0.dataWait[name].map { $0 * 100 } }
      }, "More loaders, or more data.memory, make it less.", from: 0)
  }

  private var rate: Block? {
    plot(
      "Rate of training", "samples a second",
      [curve("", .ink, run.epochs) { $0.samplesPerSecond }],
      "Mini-batch samples of all modalities together, without evaluation.", from: 0)
  }

  private var rankTable: Block? {
    guard !ranks.isEmpty else { return nil }
    func seconds(_ value: JSONValue?) -> String {
      value?.quantity.map { Numerals.decimals($0, 2) } ?? "-"
    }
    return .table(
      TitledTable(
        name: "ranks", title: "Ranks",
        header: ["rank", "host", "memory", "waiting s", "of a core"]
          + Self.phases.dropLast().map { "\($0.1) s" },
        rows: ranks.map { rank, facts in
          [
            title(rank, facts), facts["host"]?.text ?? "-",
            facts["peak_memory_bytes"]?.count.map(Numerals.bytes) ?? "-",
            seconds(facts["waiting_seconds"]),
            facts["waiting_cpu_share"]?.quantity.map { Numerals.decimals($0, 2) } ?? "-",
          ] + Self.phases.dropLast().map { seconds(facts["phases"]?[$0.0]) }
        }))
  }
}
