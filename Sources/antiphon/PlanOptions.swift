import ArgumentParser
import Configuration
import Planning
import Runs
import Storage

/// What `plan` is told of the machines and of the layout.
struct PlanOptions: ParsableArguments {
  @Option(help: .init("The nodes of the run (1).", valueName: "n"))
  var nodes = 1

  @Option(help: .init("The cores of each node; this machine's if not given.", valueName: "n"))
  var cores: Int?

  @Option(
    help: .init("Between nodes: bits a second, such as 25G.", valueName: "rate"))
  var bandwidth: String?

  @Option(help: .init("Between nodes: one way, such as 2us.", valueName: "time"))
  var latency: String?

  @Option(
    help: .init(
      "What ./launch profile wrote; it is measured first if not given.", valueName: "file"),
    completion: .file())
  var profile: String?

  @Option(
    help: .init("What ./launch doctor --network wrote.", valueName: "file"), completion: .file())
  var network: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: .init("Ranks of a modality, as video=8. May be repeated.", valueName: "name=n"))
  var ranks: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: .init("Shards of a modality, as video=8. May be repeated.", valueName: "name=n"))
  var shards: [String] = []

  @Option(help: .init("Threads of each rank; cores shared out if not given.", valueName: "n"))
  var threads: Int?

  @Option(
    help: .init(
      "Plans so many modalities, those of the configuration again and again.", valueName: "n"))
  var modalities: Int?

  func validate() throws {
    for (name, value) in [
      ("nodes", nodes), ("cores", cores ?? 1), ("threads", threads ?? 1),
      ("modalities", modalities ?? 1),
    ] where !(1...1_000_000).contains(value) {
      throw ValidationError("--\(name): found \(value), expected a whole number from 1")
    }
    if let bandwidth, Quantity.bandwidth(bandwidth) == nil {
      throw ValidationError(
        "--bandwidth: found '\(bandwidth)', expected \(Quantity.bandwidthForm)")
    }
    if let latency, Quantity.seconds(latency) == nil {
      throw ValidationError("--latency: found '\(latency)', expected \(Quantity.timeForm)")
    }
    guard (bandwidth == nil) == (latency == nil) else {
      throw ValidationError("--bandwidth and --latency need each other")
    }
    guard nodes == 1 || bandwidth != nil || network != nil else {
      throw ValidationError(
        "\(nodes) nodes: how they are connected is missing; add --network FILE, or --bandwidth and --latency"
      )
    }
    _ = try (counts(ranks, of: "ranks"), counts(shards, of: "shards"))
  }

  /// Numbers by modality.
  private func counts(_ words: [String], of option: String) throws -> [(name: String, count: Int)] {
    try words.map { word in
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let count = Int(parts[1]), (1...100_000).contains(count) else {
        throw ValidationError(
          "--\(option): found '\(word)', expected a modality and a number, such as video=8")
      }
      return (String(parts[0]), count)
    }
  }

  /// The links of the run: measured, made of two numbers, or both.
  func links(copying bytes: Double) throws -> NetworkProfile {
    let made =
      if let rate = bandwidth.flatMap(Quantity.bandwidth),
        let time = latency.flatMap(Quantity.seconds)
      {
        NetworkProfile.Link(bandwidth: rate, latency: time, wakeUp: Self.wakeUp)
      } else { NetworkProfile.Link?.none }
    guard let network else {
      return NetworkProfile(
        machine: nil, hosts: [],
        sameNode: .init(bandwidth: bytes / 4, latency: Self.nodeLatency, wakeUp: Self.wakeUp),
        betweenNodes: made)
    }
    try NamedPath.check(network, of: "--network")
    var measured = try NetworkProfile(path: network)
    measured.betweenNodes = made ?? measured.betweenNodes
    guard nodes == 1 || measured.betweenNodes != nil else {
      throw FileError(
        network,
        "was measured on one node, but \(nodes) are planned; measure with --hostfile, or add --bandwidth and --latency"
      )
    }
    return measured
  }

  /// What a message within a node takes, and what waking its receiver does, where nobody has measured.
  private static let (nodeLatency, wakeUp) = (20e-6, 100e-6)

  /// The run as it is asked for.
  func run(_ configuration: RunConfiguration, on cluster: Cluster) throws -> PlannedRun {
    var run = PlannedRun(configuration, threads: 1, count: modalities)
    let names = configuration.modalities.map(\.name)
    func set(_ list: [(name: String, count: Int)], _ key: String, _ change: (Int, Int) -> Void)
      throws
    {
      for (name, count) in list {
        guard let place = names.firstIndex(of: name) else {
          throw ValidationError(
            "--\(key): found no modality '\(name)', expected one of \(names.listed)")
        }
        for index in run.modalities.indices where run.modalities[index].profile == place {
          change(index, count)
        }
      }
    }
    try set(counts(ranks, of: "ranks"), "ranks") {
      (run.modalities[$0].ranks, run.modalities[$0].shards) = ($1, $1)
    }
    try set(counts(shards, of: "shards"), "shards") { run.modalities[$0].shards = $1 }
    for modality in run.modalities where !modality.isPossible {
      throw ValidationError(
        "\(modality.name): found \(modality.ranks) ranks for \(modality.shards) shards, expected a number of ranks that divides the shards into powers of two"
      )
    }
    let here = (run.rankCount - 2) / cluster.nodes + 1
    let each = threads ?? configuration.execution.threads ?? max(1, cluster.cores / max(1, here))
    for place in run.modalities.indices { run.modalities[place].threads = each }
    return run
  }
}
