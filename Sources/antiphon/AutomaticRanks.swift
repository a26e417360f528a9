import ArgumentParser
import Configuration
import MPI
import Planning
import Runs
import Storage

/// What `ranks: auto` is chosen by.
struct AutomaticRanks: ParsableArguments {
  @Option(
    help: .init(
      "With ranks: auto, what ./launch profile wrote; it measures first if not given.",
      valueName: "file"), completion: .file())
  var profile: String?

  @Option(
    help: .init("With ranks: auto, what ./launch doctor --network wrote.", valueName: "file"),
    completion: .file())
  var network: String?

  /// Between nodes that nobody has measured: 1 Gbit/s, 100 us; and what a message takes within a node.
  private static let assumed = NetworkProfile.Link(
    bandwidth: 1.25e8, latency: 100e-6, wakeUp: 100e-6)

  /// Chooses, and says on standard error what and why: standard output is for the launcher.
  ///
  /// - Parameter hostFile: the hosts that ranks will be on; nil: this one.
  func choose(_ configuration: RunConfiguration, hostFile: String?) throws -> RankChooser {
    let measured = try measuredProfile(of: configuration)
    let nodes = try hostFile.map { max(1, Set(try HostFile(path: $0).hosts).count) } ?? 1
    let cluster = Cluster(
      nodes: nodes, cores: MPIWorld.coreCount, memory: measured.machine.memory,
      sharedMemory: measured.machine.sharedMemory)
    let copied = measured.bandwidth(1)
    var links = NetworkProfile(
      machine: nil, hosts: [],
      sameNode: .init(bandwidth: copied / 4, latency: 20e-6, wakeUp: 100e-6), betweenNodes: nil)
    if let network {
      try NamedPath.check(network, of: "--network")
      links = try NetworkProfile(path: network)
    }
    if nodes > 1, links.betweenNodes == nil {
      links.betweenNodes = Self.assumed
      say(
        "warning: links between hosts were not measured, and are taken for 1 Gbit/s and 100 us; --network FILE says better (./launch doctor --network)"
      )
    }
    let model = CostModel(profile: measured, network: links, cluster: cluster)
    let chosen = try RankChooser(configuration, model: model)
    chosen.lines.forEach(say)
    return chosen
  }

  private func say(_ line: String) { Usage.say(line, isFault: true) }

  private func measuredProfile(of configuration: RunConfiguration) throws -> Profile {
    guard let profile else {
      say("ranks: auto measures encoders, data and head first (--profile FILE spares it)")
      return try Profiler(configuration, parts: [1, 2, 4], console: .silent).measure()
    }
    return try PlanCommand.fitting(profile, configuration)
  }
}
