import Planning
import Storage

extension PlanReport {
  /// All numbers for scripts: seconds, bytes.
  public var json: JSONValue {
    [
      "version": 1,
      "cycle": .number(prediction.cycle), "simulated_cycle": .optional(simulated),
      "ideal": .number(prediction.ideal),
      "efficiency": .number(prediction.efficiency), "turns": .number(prediction.server),
      "ranks": .integer(run.rankCount), "nodes": .integer(model.cluster.nodes),
      "cores": .integer(model.cluster.cores),
      "bounds": .list(
        prediction.bounds.prefix(8).map {
          ["what": .text(name(of: $0.kind)), "seconds": .number($0.seconds)]
        }),
      "modalities": .list(
        zip(run.modalities, zip(prediction.works, prediction.turns)).map { modality, found in
          let (work, turn) = found
          return [
            "name": .text(modality.name), "ranks": .integer(modality.ranks),
            "shards": .integer(modality.shards), "threads": .integer(modality.threads),
            "work": .number(work.seconds), "forward": .number(work.forward),
            "backward": .number(work.backward), "step": .number(work.step),
            "exposed": .number(work.exposed), "gather": .number(work.gather),
            "norms": .number(work.norms), "head": .number(work.head),
            "load": .number(work.load), "skew": .number(work.skew), "turn": .number(turn),
          ]
        }),
      "rank_table": .list(
        prediction.ranks.map {
          [
            "role": .text($0.role), "node": .integer($0.node), "memory": .number($0.memory),
            "sent": .number($0.sent), "received": .number($0.received), "busy": .number($0.busy),
          ]
        }),
      "memory": .list(prediction.memory.map { .number($0) }),
      "shared_memory": .list(prediction.sharedMemory.map { .number($0) }),
      "advice": .list(
        model.advice(for: run).map {
          ["change": .text($0.change), "cycle": .number($0.cycle)]
        }),
      "profile_date": .text(model.profile.machine.date),
      "network_date": model.network.machine.map { .text($0.date) } ?? .null,
    ]
  }
}
