import Foundation
import TestSupport
import Testing

extension WaitingJobs {
  /// What the program tells ./launch, shells, man and editors about its commands.
  @Suite struct CommandListTests {
    private func said(_ arguments: String...) async throws -> String {
      let outcome = try await MPIRun.alone("antiphon", arguments, environment: ["COLUMNS": "100"])
      #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
      return outcome.output
    }

    private func names() async throws -> [String] {
      try await said("launcher", "commands").split(separator: "\n").map {
        String($0.split(separator: " ")[1])
      }
    }

    @Test func `./launch hears of every command, and which of them are started on ranks`()
      async throws
    {
      let lines = try await said("launcher", "commands").split(separator: "\n").map(String.init)
      #expect(lines.contains("ranks train") && lines.contains("ranks doctor"))
      #expect(lines.contains("alone prepare") && lines.contains("alone schema"))
      // Help lists the commands of the program itself: a word at two blanks.
      let help = try await said("--help").split(separator: "\n").compactMap { line in
        line.firstMatch(of: /^  ([a-z]+) {2,}/).map { String($0.output.1) }
      }
      let names = try await names()
      #expect(Set(help) == Set(names), "\(help)")
    }

    @Test func `a command that is nearly typed is found, the script's own among them`() async throws
    {
      #expect(try await said("launcher", "near", "--", "trian", "test") == "train\n")
      #expect(try await said("launcher", "near", "--", "biuld", "test", "build") == "build\n")
      #expect(try await said("launcher", "near", "--", "xyz", "test") == "")
    }

    @Test func `the overview and the manual have every command and option`() async throws {
      let overview = try await said("launcher", "overview")
      let manual = try await said("manual")
      for name in try await names() + ["test", "bench", "chaos", "build", "package"] {
        #expect(overview.contains("\n  \(name) ") || overview.contains("\n  \(name)\n"), "\(name)")
        #expect(manual.contains("\n.SS \(name)"), "\(name)")
      }
      #expect(overview.contains("  --seeds N,N,N") && overview.contains("  --max-restarts N"))
      #expect(overview.split(separator: "\n").allSatisfy { $0.count <= 100 })
      #expect(manual.contains("\n.B \\-\\-max\\-restarts N\n"))
      // What troff would take for its own.
      let macros = Set(["TH", "SH", "SS", "PP", "TP", "B", "I", "BR", "br"])
      for line in manual.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
        #expect(macros.contains(String(line.dropFirst().prefix { $0 != " " })), "\(line)")
      }
      #expect(manual.utf8.allSatisfy { $0 < 128 } && !manual.contains("EXIT STATUS:\n.SH"))
    }

    /// What bash offers for each line, whose last word is not complete.
    private func offered(_ lines: [String], script: [String]) async throws -> [String] {
      let scratch = try Scratch()
      try scratch.write(try await MPIRun.alone("antiphon", script).output, to: "script")
      try scratch.write(
        """
        source "$1"
        shift
        for line in "$@"; do
          read -ra COMP_WORDS <<<"$line"
          COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line} COMP_TYPE=9 COMPREPLY=()
          "_$COMP_WORDS" "$COMP_WORDS" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
          read -ra words <<<"${COMPREPLY[@]}"
          echo "${words[*]}"
        done
        """, to: "asked")
      let bash = try LiveJob(["bash", scratch["asked"], scratch["script"]] + lines)
      let outcome = try #require(bash.outcome(within: 60))
      #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
      return outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(
        String.init
      )
      .dropLast()
    }

    @Test func `bash completes commands, options and their values, of the script and the program`()
      async throws
    {
      let launch = try await offered(
        ["launch tr", "launch pac", "launch train --max", "launch evaluate r --split v"],
        script: ["launcher", "completions", "bash"])
      #expect(launch == ["train trace", "package", "--max-restarts", "validation"])
      let own = try await offered(
        ["antiphon pre", "antiphon pac"], script: ["completions", "bash"])
      #expect(own == ["predict prepare", ""])
    }

    @Test func `zsh and fish have scripts too, and no other shell has`() async throws {
      #expect(try await said("launcher", "completions", "zsh").hasPrefix("#compdef launch\n"))
      #expect(
        try await said("completions", "fish", "--for", "launch").contains("complete -c 'launch' "))
      #expect(try await said("launcher", "completions", "fish").contains("(string replace -r "))
      let other = try await MPIRun.alone("antiphon", ["completions", "tcsh"])
      #expect(other.status == 64 && other.errors.contains("tcsh"), "\(other)")
    }

    @Test func `the schemas are JSON`() async throws {
      for options in [[], ["--experiment"]] {
        let text = try await MPIRun.alone("antiphon", ["schema"] + options).output
        let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let properties = try #require(parsed?["properties"] as? [String: Any])
        #expect(properties[options.isEmpty ? "modalities" : "variants"] != nil)
      }
    }
  }
}
