import Foundation
import TestSupport
import Testing

extension WaitingJobs {
  /// What people read of the command line, and what its options do.
  @Suite struct CommandLineTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.pair() }

    private func antiphon(
      _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> MPIRun.Outcome {
      try await MPIRun.alone("antiphon", arguments, environment: environment)
    }

    @Test(arguments: [["--seeds", "1,1"], ["--outptu", "y"], ["--seed", "1", "--seeds", "1,2"]])
    func `a wrong option names the command as it was typed`(options: [String]) async throws {
      let own = try await MPIRun.alone("antiphon", ["train", "x.yaml"] + options)
      #expect(own.status == 64, "\(own)")
      let usage = "\nUsage: antiphon train [OPTIONS] [CONFIG.yaml]\n"
      #expect(own.errors.contains(usage), "\(own)")
      #expect(own.errors.contains("'antiphon train --help'"))
      let script = try await MPIRun.alone("antiphon", ["launcher", "train", "x.yaml"] + options)
      #expect(script.status == 64, "\(script)")
      #expect(script.errors.contains("\nUsage: ./launch train "))
      #expect(script.errors.contains("'./launch train --help'"))
      #expect(!script.errors.contains("launcher"), "\(script)")
    }

    @Test(arguments: ["train", "evaluate", "audit", "demo", "verify", "doctor"])
    func `help says what options take, gives an example and the exit statuses`(command: String)
      async throws
    {
      for (words, name) in [([command], "antiphon"), (["launcher", command], "./launch")] {
        let help = try await MPIRun.alone(
          "antiphon", words + ["--help"], environment: ["COLUMNS": "200"])
        #expect(help.status == 0, "\(help)")
        #expect(help.output.contains("EXAMPLE: \(name) \(command)"), "\(help)")
        #expect(help.output.contains("EXIT STATUS: 0 "), "\(help)")
        #expect(help.output.contains("--dry-run"), "\(help)")
        #expect(!help.output.contains("<") && !help.output.contains("launcher"), "\(help)")
        // Columns stay columns.
        let places = help.output.split(separator: "\n").compactMap { line in
          line.firstMatch(of: /^  -[^ ]+( [^ ]+)* {2,}/).map { $0.output.0.count }
        }
        #expect(Set(places).count == 1 && places.count > 2, "\(help)")
      }
    }

    @Test func `the program's dry run is the script's`() async throws {
      let words = workshop.trainArguments("pair.yaml", to: "run", options: ["--dry-run"])
      let own = try await MPIRun.alone("antiphon", words)
      let script = try await MPIRun.alone("antiphon", ["launcher"] + words)
      #expect(own.status == 0 && own.output == script.output, "\(own)")
      #expect(own.output.contains("mpirun -np 3 ") && !own.output.contains("--dry-run"), "\(own)")
      #expect(workshop.scratch.names(in: "run") == [])
    }

    @Test func `wrong host files and options for mpirun are refused before anything starts`()
      async throws
    {
      try workshop.scratch.write("\n", to: "hosts")
      let train = ["launcher"] + workshop.trainArguments("pair.yaml", to: "run")
      let file = try await MPIRun.alone(
        "antiphon", train + ["--hostfile", workshop.scratch["hosts"]])
      #expect(file.status == 64)
      #expect(
        file.errors.hasPrefix("Error: --hostfile: \(workshop.scratch["hosts"]) lists no host; "),
        "\(file)")
      let option = try await MPIRun.alone("antiphon", train + ["--mpi", "eth0"])
      #expect(option.status == 64)
      #expect(option.errors.hasPrefix("Error: --mpi: found 'eth0', "), "\(option)")
    }

    @Test func `several seeds are a line each, and the table`() async throws {
      let outcome = try await workshop.train(
        .oneProcess, "pair.yaml", to: "runs", options: ["--seeds", "4,5,6"])
      #expect(outcome.status == 0, "\(outcome)")
      let lines = outcome.output.split(separator: "\n").map(String.init)
      let seeds = lines.filter { $0.hasPrefix("seed ") }
      #expect(seeds.map { $0.prefix(20) } == [4, 5, 6].map { "seed \($0) · test: fused" })
      for (seed, line) in zip([4, 5, 6], seeds) {
        #expect(line.contains(" a ") && line.contains(" b "), "\(line)")
        #expect(line.hasSuffix("runs/seed-\(seed)"), "\(line)")
        // The run's own words are in its log.
        #expect(
          workshop.scratch.text("runs/seed-\(seed)/log.txt")?.contains("epoch 1/2 · loss") == true)
      }
      #expect(!outcome.output.contains("epoch 1/2"), "\(outcome)")
      #expect(lines.filter { $0.hasPrefix("modality ") }.count == 1, "\(outcome)")
      #expect(lines.filter { $0.hasPrefix("mean of 3 seeds") }.count == 1, "\(outcome)")
      #expect(!outcome.output.contains("fixed_"), "\(outcome)")
    }

    @Test func `ranks break lines and colour errors as the launcher's terminal has it`()
      async throws
    {
      let terminal = [
        "ANTIPHON_TERMINAL": "30", "ANTIPHON_TERMINAL_ERRORS": "30", "NO_COLOR": "",
      ]
      let arguments = workshop.trainArguments("pair.yaml", to: "run", set: ["epocs=3"])
      let red = try await MPIRun.ranks(3, "antiphon", arguments, environment: terminal)
      #expect(
        red.errors.hasPrefix("\u{1B}[1;31mantiphon: error:\u{1B}[0m --set epocs:\n"), "\(red)")
      #expect(red.errors.split(separator: "\n").allSatisfy { $0.count <= 30 + 11 }, "\(red)")
      let plain = try await MPIRun.ranks(
        3, "antiphon", arguments, environment: terminal.merging(["NO_COLOR": "1"]) { $1 })
      #expect(plain.errors.hasPrefix("antiphon: error: --set epocs:\n  found"), "\(plain)")
      let none = try await MPIRun.ranks(3, "antiphon", arguments)
      #expect(none.sentences == ["--set epocs: found an unknown key, did you mean 'epochs'?"])
    }
  }
}
