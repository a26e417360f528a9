import ArgumentParser
import Configuration

/// `antiphon schema`: what editors complete and check configurations with. It needs no ranks.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Prints a JSON Schema of configurations, for editors.",
    discussion: """
      EXAMPLE: ./launch schema > antiphon.schema.json

      A file whose first line is "# yaml-language-server: $schema=antiphon.schema.json" is completed and checked in \
      VS Code, Vim, Emacs and others. docs/configuration.md says more.

      \(Usage.statuses)
      """)

  @Flag(help: "Prints that of experiments in place of that of runs.")
  var experiment = false

  func run() throws {
    let schema = experiment ? ConfigurationSchema.experiment : ConfigurationSchema.run
    print(try schema.text(pretty: true))
  }
}
