import ArgumentParser
import Runs

/// What `./launch` does without the program: described here, so that help, completions and the manual have it.
enum ScriptCommands {
  static let all: [any ParsableCommand.Type] = [
    Described<Test>.self, Described<Bench>.self, Described<Chaos>.self, Described<Docs>.self,
    Described<Build>.self, Described<Package>.self,
  ]

  /// What there is to say of such a command.
  protocol Description {
    associatedtype Options: ParsableArguments
    static var name: String { get }
    static var abstract: String { get }
  }

  struct Described<Subject: Description>: ParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(commandName: Subject.name, abstract: Subject.abstract)
    }

    @OptionGroup var options: Subject.Options

    func run() throws {
      throw ValidationError("'\(Subject.name)' is carried out by the script; call ./launch")
    }
  }

  /// Words for another program.
  struct Rest: ParsableArguments {
    @Argument(
      parsing: .captureForPassthrough,
      help: .init("Handed on as they are.", valueName: "options"))
    var words: [String] = []
  }

  struct None: ParsableArguments {}

  enum Test: Description {
    typealias Options = Rest
    static let name = "test"
    static let abstract = "Builds and runs every test; options go to swift test."
  }

  enum Bench: Description {
    typealias Options = Rest
    static let name = "bench"
    static let abstract = "Measures overlap, turns, waiting, encoders."
  }

  enum Chaos: Description {
    typealias Options = Rest
    static let name = "chaos"
    static let abstract = "Breaks runs at random moments, resumes them, compares."
  }

  enum Docs: Description {
    typealias Options = DocsOptions
    static let name = "docs"
    static let abstract = "Writes the pages of AntiphonKit, the library."
  }

  struct DocsOptions: ParsableArguments {
    @Argument(
      help: .init("The folder of the pages; .build/pages if not given.", valueName: "dir"),
      completion: .directory)
    var output: String?
  }

  enum Build: Description {
    typealias Options = None
    static let name = "build"
    static let abstract = "Installs what is missing and builds, nothing more."
  }

  enum Package: Description {
    typealias Options = PackageOptions
    static let name = "package"
    static let abstract = "Makes a tarball that runs where there is no Swift."
  }

  struct PackageOptions: ParsableArguments {
    @Option(
      help: .init("The folder for the tarball; .build if not given.", valueName: "dir"),
      completion: .directory)
    var output: String?
  }
}
