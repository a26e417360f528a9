import ArgumentParser

/// `antiphon manual`: the manual page. It needs no ranks.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Prints the manual page, for man.",
    discussion: """
      EXAMPLE: ./launch manual | man -l -

      \(Usage.statuses)
      """)

  func run() throws { print(ManualPage(try .ofScript()).text) }
}
