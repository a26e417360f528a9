import ArgumentParser
import Foundation

/// What ArgumentParser tells about a command: the part of its dump that help and the manual show.
struct CommandInfo: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String

      /// The name as it is typed.
      var typed: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    let kind: String
    let isOptional: Bool
    let isRepeating: Bool
    let shouldDisplay: Bool
    let preferredName: Name?
    let valueName: String?
    let abstract: String?

    /// As it stands in a line of usage: `--seed N`, `CONFIG.yaml …`.
    var usage: String {
      let value = Usage.asTyped("<\(valueName ?? "")>") + (kind == "option" ? "" : repetition)
      switch kind {
      case "flag": return preferredName?.typed ?? ""
      case "option": return "\(preferredName?.typed ?? "") \(value)"
      default: return isOptional ? "[\(value)]" : value
      }
    }

    /// Whether it only says how ranks are started.
    var isAboutStarting: Bool {
      ["hostfile", "mpi", "start-limit", "dry-run"].contains(preferredName?.name ?? "")
    }

    private var repetition: String { isRepeating ? " …" : "" }
  }

  let commandName: String
  let abstract: String?
  let discussion: String?
  let shouldDisplay: Bool
  let subcommands: [CommandInfo]?
  let arguments: [Argument]?

  /// The commands below this one that people see; `help`, which each has, is none.
  var commands: [CommandInfo] {
    (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
  }

  /// Its arguments by position.
  var positions: [Argument] { shown.filter { $0.kind == "positional" } }
  /// Its options and flags, but for `--help` and `--version`.
  var options: [Argument] {
    shown.filter {
      $0.kind != "positional" && !["help", "version"].contains($0.preferredName?.name ?? "")
    }
  }

  private var shown: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

  /// The commands of `./launch`: the program's, and the script's own.
  static func ofScript() throws -> CommandInfo {
    struct Tool: Decodable { let command: CommandInfo }
    return try JSONDecoder().decode(Tool.self, from: Data(LaunchScript._dumpHelp().utf8)).command
  }
}

/// `./launch` as ArgumentParser sees it.
struct LaunchScript: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launch", abstract: Antiphon.configuration.abstract,
    subcommands: Commands.launched + ScriptCommands.all)
}
