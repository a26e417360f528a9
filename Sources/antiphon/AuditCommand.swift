import ArgumentParser
import Configuration
import Foundation
import Runs
import Storage

/// Options of `audit`.
struct AuditOptions: ConfiguredOptions {
  @Argument(
    help: .init(
      "A configuration, or the folder of a run, whose model is looked at too (docs/audit.md).",
      valueName: "config.yaml"), completion: .file(extensions: ["yaml", "yml"]))
  var subject: String

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: .init(
      "Overrides one key of the configuration: path.to.key=value. May be repeated.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Flag(help: "Prints everything as JSON.")
  var json = false

  @Flag(help: "Ends with status 1 where anything was found.")
  var strict = false

  @Flag(help: "Run all ranks inside this process, one after the other, without MPI.")
  var oneProcess = false

  /// The folder of the run that is named; nil: a configuration is.
  func run() throws -> RunDirectory? {
    try NamedPath.check(subject, of: "CONFIG")
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: subject, isDirectory: &isFolder)
    return isThere && isFolder.boolValue ? try RunDirectory(existing: subject) : nil
  }

  /// The configuration, with one rank for each modality where no model needs more.
  func load() throws -> RunConfiguration {
    if let run = try run() {
      return try RunConfiguration.saved(in: run, fusion: nil, overrides: overrides)
    }
    var configuration = try RunConfiguration.load(path: subject, overrides: overrides)
    for place in configuration.modalities.indices {
      configuration.modalities[place].ranks = 1
      configuration.modalities[place].choosesRanks = false
    }
    return configuration
  }
}

/// `antiphon audit`.
struct AuditCommand: RankCommand {
  static func usage(_ program: String) -> CommandConfiguration {
    Usage.command(
      "audit", of: program,
      "Looks for test samples that training knows, and for what else makes results say too much.",
      example: "audit examples/mfeat.yaml --set data.validation=0.2 --strict",
      statuses: Usage.auditStatuses)
  }

  @OptionGroup var options: AuditOptions
  @OptionGroup var dryRun: DryRunOption

  func work() throws -> RankWork {
    let configuration = try options.load()
    let run = try options.run()
    let (json, strict) = (options.json, options.strict)
    return RankWork(configuration, inOneProcess: options.oneProcess) { job in
      try job.audit(configuration, model: run, asJSON: json, isStrict: strict)
    }
  }
}
