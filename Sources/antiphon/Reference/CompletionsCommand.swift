import ArgumentParser

/// `antiphon completions`: scripts by which shells complete commands and options. It needs no ranks.
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Prints a script by which a shell completes commands and options.",
    discussion: """
      EXAMPLE: source <(./launch completions bash)

      zsh reads it from a file _launch (or _antiphon) in a folder of its fpath, fish from launch.fish in \
      ~/.config/fish/completions.

      \(Usage.statuses)
      """)

  enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

  enum Program: String, CaseIterable, ExpressibleByArgument { case launch, antiphon }

  @Argument(help: .init("The shell: bash, zsh or fish.", valueName: "shell"))
  var shell: Shell

  @Option(
    name: .customLong("for"),
    help: .init(
      "Whose words are completed: launch or antiphon; those of the one that is asked if not given.",
      valueName: "program"))
  var program: Program?

  func run() throws { print(script) }

  private var script: String {
    let program = program ?? (Invocation.isLauncher ? .launch : .antiphon)
    let shell: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    let script =
      program == .launch
      ? LaunchScript.completionScript(for: shell) : Antiphon.completionScript(for: shell)
    // fish hands over the first word as it is typed; the script compares it with the name alone.
    let words = "set -l unparsed_tokens (__\(program.rawValue)_tokens -pc)\n"
    return script.replacing(
      words,
      with: words
        + "    set unparsed_tokens[1] (string replace -r '.*/' '' -- $unparsed_tokens[1])\n",
      maxReplacements: 1)
  }
}
