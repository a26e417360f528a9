import Foundation
import Runs

/// The manual page, in the macros of man(7), from what the commands say of themselves.
struct ManualPage {
  private let script: CommandInfo

  init(_ script: CommandInfo) { self.script = script }

  var text: String {
    ([
      ".TH ANTIPHON 1 \"\" \"Antiphon \(AntiphonVersion.current)\" \"Antiphon\"",
      ".SH NAME", "antiphon, launch \\- \(Self.escaped(about(script)))",
      ".SH SYNOPSIS", ".B ./launch", ".I COMMAND", "[options]", ".br", ".B antiphon",
      ".I COMMAND", "[options]",
      ".SH DESCRIPTION",
    ] + paragraphs(of: Antiphon.configuration.discussion)
      + [".SH COMMANDS"] + script.commands.flatMap { lines(of: $0, below: nil) }
      + [".SH STARTING RANKS", "Commands that run on ranks take these options, too."]
      + shared.flatMap(lines)
      + [".SH EXIT STATUS"] + paragraphs(of: statuses)
      + [".SH SEE ALSO", ".BR mpirun (1)", ""])
      .joined(separator: "\n")
  }

  private func lines(of command: CommandInfo, below parent: String?) -> [String] {
    let name = [parent, command.commandName].compactMap { $0 }.joined(separator: " ")
    let words = ([name] + command.positions.map(\.usage)).joined(separator: " ")
    let own = (command.positions + command.options).filter { !$0.isAboutStarting }
    return [".SS \(Self.escaped(words))", Self.escaped(command.abstract ?? "")]
      + paragraphs(of: command.discussion).reduce(into: []) { $0 += [".PP", $1] }
      + own.flatMap(lines)
      + command.commands.flatMap { lines(of: $0, below: name) }
  }

  private func lines(of argument: CommandInfo.Argument) -> [String] {
    [".TP", ".B \(Self.escaped(argument.usage))", Self.escaped(argument.abstract ?? "")]
  }

  /// The options of starting, which stand once for all.
  private var shared: [CommandInfo.Argument] {
    script.commands.first { $0.commandName == "train" }?.options.filter(\.isAboutStarting) ?? []
  }

  private var statuses: String { Usage.statuses.replacing("EXIT STATUS: ", with: "") }

  private func about(_ command: CommandInfo) -> String {
    var text = command.abstract ?? ""
    if text.hasSuffix(".") { text.removeLast() }
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  /// Paragraphs of a discussion, but for the exit statuses that all commands share.
  private func paragraphs(of text: String?) -> [String] {
    (text ?? "").components(separatedBy: "\n\n").filter { !$0.isEmpty && $0 != Usage.statuses }
      .map { Self.escaped(Usage.asTyped($0)) }
  }

  /// Text as troff takes it: no line begins with a command, a hyphen is what people can copy, and all is ASCII.
  static func escaped(_ text: String) -> String {
    text.split(separator: "\n").map { line in
      let escaped = line.unicodeScalars.map { scalar in
        switch scalar {
        case "\\": "\\e"
        case "-": "\\-"
        case _ where scalar.isASCII: String(scalar)
        default: "\\[u" + hex(scalar) + "]"
        }
      }.joined()
      return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + escaped : escaped
    }.joined(separator: "\n")
  }

  /// At least four digits.
  private static func hex(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
