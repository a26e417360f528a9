import ArgumentParser
import Configuration
import Planning
import Runs
import Storage

/// `antiphon plan`: what a run would cost on machines that need not be there. It needs no ranks.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Predicts what a cycle costs on given machines, what binds, and what to change.",
    discussion: """
      EXAMPLE: ./launch plan examples/lazy2.yaml --nodes 64 --cores 16 --bandwidth 25G --latency 2us

      docs/planning.md has the model and how well it does.

      \(Usage.statuses)
      """)

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var options: PlanOptions

  @Flag(help: "Prints all numbers as JSON.")
  var json = false

  @Flag(help: "Asks a second opinion: the roles themselves, on virtual clocks.")
  var simulate = false

  func run() throws {
    let console = Console()
    let loaded = try configuration.load()
    let profile = try profile(of: loaded, console)
    let machine = profile.machine
    let cluster = Cluster(
      nodes: options.nodes, cores: options.cores ?? machine.cores, memory: machine.memory,
      sharedMemory: machine.sharedMemory)
    let network = try options.links(copying: profile.bandwidth(1))
    let model = CostModel(profile: profile, network: network, cluster: cluster)
    let report = try PlanReport(
      model, options.run(loaded, on: cluster), simulates: simulate)
    if json { return print(try report.json.text(pretty: true)) }
    report.say(on: console)
  }

  /// What was measured before, if it fits; else it is measured now.
  private func profile(of loaded: RunConfiguration, _ console: Console) throws -> Profile {
    guard let path = options.profile else {
      if !json {
        console.say("no --profile: encoders, data and head are measured here first")
      }
      return try Profiler(loaded, console: json ? .silent : console).measure()
    }
    return try Self.fitting(path, loaded)
  }

  /// The profile in a file; throws where it is of another configuration, and says what differs.
  static func fitting(_ path: String, _ configuration: RunConfiguration) throws -> Profile {
    try NamedPath.check(path, of: "--profile")
    let profile = try Profile(path: path)
    let differences = try profile.differences(from: configuration)
    guard differences.isEmpty else {
      throw FileError(
        path,
        "is a profile of another configuration: \(differences.joined(separator: "; ")); measure this one with ./launch profile"
      )
    }
    return profile
  }
}
