import ArgumentParser
import Configuration
import Planning
import Runs

/// Options that name a configuration, for commands that measure or plan.
struct ConfigurationOptions: ParsableArguments {
  @Argument(
    help: .init(
      "The configuration, a YAML file (docs/configuration.md).", valueName: "config.yaml"),
    completion: .file(extensions: ["yaml", "yml"]))
  var configuration: String

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: .init(
      "Overrides one key of the configuration: path.to.key=value. May be repeated.",
      valueName: "key=value"))
  var overrides: [String] = []

  /// The configuration with everything that the command line says about it.
  func load() throws -> RunConfiguration {
    try NamedPath.check(configuration, of: "CONFIG")
    return try RunConfiguration.load(path: configuration, overrides: overrides)
  }
}

/// `antiphon profile`: measures encoders, data, head and memory for plans. It needs no ranks.
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Measures what a configuration's encoders, data and head take on this machine.",
    discussion: """
      ./launch plan works from the file. Measure on a quiet machine of the kind that will run it.

      \(Usage.statuses)
      """)

  @OptionGroup var configuration: ConfigurationOptions

  @Option(
    help: .init("The file to write; none if not given.", valueName: "file"), completion: .file())
  var output: String?

  @Option(
    help: .init(
      "Measures mini-batches divided by each of these (1,2,4,8).", valueName: "n,n,n"))
  var parts = "1,2,4,8"

  func validate() throws { _ = try partList() }

  func run() throws {
    if let output { try NamedPath.check(output, of: "--output") }
    let console = Console()
    let profile = try Profiler(configuration.load(), parts: partList(), console: console).measure()
    if let output { try profile.write(to: output) }
    ProfileReport(profile).say(on: console)
    if let output { console.say("written to \(output)") }
  }

  private func partList() throws -> [Int] {
    let words = parts.split(separator: ",", omittingEmptySubsequences: false)
    let list = words.compactMap { Int($0) }
    guard list.count == words.count, list.allSatisfy({ (1...4096).contains($0) }) else {
      throw ValidationError(
        "--parts: found '\(parts)', expected whole numbers from 1 with commas between them, such as 1,2,4"
      )
    }
    return list.contains(1) ? list : [1] + list
  }
}
