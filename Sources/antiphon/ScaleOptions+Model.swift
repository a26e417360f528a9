import Configuration
import MPI
import Planning
import Scaling

extension ScaleOptions {
  /// The seconds that the cost model predicts for a layout's cycle, where a profile was named, and that modality
  /// gets several ranks.
  func model(
    _ plan: ScalingPlan, of configuration: RunConfiguration
  ) throws -> (_ layout: Layout, _ scaled: String) -> Double? {
    guard let profile else { return { _, _ in nil } }
    let measured = try PlanCommand.fitting(profile, configuration)
    let nodes = try hostfile.map { Set(try HostFile(path: $0).hosts).count } ?? 1
    let machine = measured.machine
    let links = try PlanOptions.parse(
      ["--nodes", "\(nodes)"] + (network.map { ["--network", $0] } ?? []))
    let model = CostModel(
      profile: measured, network: try links.links(copying: measured.bandwidth(1)),
      cluster: Cluster(
        nodes: nodes, cores: machine.cores, memory: machine.memory,
        sharedMemory: machine.sharedMemory))
    let threads = configuration.execution.threads ?? 1
    return { layout, scaled in
      var run = PlannedRun(configuration, threads: threads)
      switch layout.kind {
      case .weak:
        run = PlannedRun(configuration, threads: threads, count: layout.count)
        for place in run.modalities.indices { run.modalities[place].ranks = 1 }
      case .strong:
        run.modalities = run.modalities.filter { $0.name == scaled }
        for place in run.modalities.indices {
          (run.modalities[place].ranks, run.modalities[place].shards) =
            (layout.count, plan.shardCount)
        }
      }
      return model.predict(run).cycle
    }
  }
}
