import Foundation
import TestSupport
import Testing

extension Jobs {
  /// Limits on memory below what a rank needs: OpenBLAS would ask for its own for ever.
  @Suite struct MemoryLimitTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.pair() }

    /// Runs a command under a limit of the shell's.
    private func outcome(
      of command: [String], under limit: String, environment: [String: String] = [:]
    ) throws -> MPIRun.Outcome {
      let words = command.map { "'\($0)'" }.joined(separator: " ")
      let job = try LiveJob(
        ["bash", "-c", "ulimit \(limit); exec \(words)"], environment: environment)
      let processes = job.processes
      let outcome = try #require(job.outcome(within: 30), "the job hangs under \(limit)")
      #expect(LiveJob.survivors(of: processes, after: 5) == [])
      return outcome
    }

    private var train: [String] {
      [MPIRun.path(of: "antiphon")] + workshop.trainArguments("pair.yaml", to: "run")
    }

    /// With OpenBLAS's own threads and without: they take memory before the program begins.
    @Test(arguments: [("-v 260000", "4"), ("-v 260000", "1"), ("-d 60000", "4"), ("-d 60000", "1")])
    func `a run in one process refuses, with the numbers`(limit: String, threads: String) throws {
      let outcome = try outcome(
        of: train + ["--one-process"], under: limit,
        environment: ["OPENBLAS_NUM_THREADS": threads])
      #expect(outcome.status == 65, "\(outcome)")
      try #require(outcome.sentences.count == 1, "\(outcome)")
      #expect(
        outcome.sentences[0].contains(
          /^ulimit -[vd] is \d+ KiB, but a rank needs \d+ KiB .*\(131072 KiB of that for OpenBLAS\)/
        ),
        "\(outcome)")
      #expect(workshop.scratch.names(in: "run") == [])
    }

    @Test func `ranks are not started where their files may not be large enough`() throws {
      let plan = ["launcher"] + workshop.trainArguments("pair.yaml", to: "run")
      let outcome = try outcome(of: [MPIRun.path(of: "antiphon")] + plan, under: "-f 4096")
      #expect(outcome.status == 65, "\(outcome)")
      let sentence =
        #/ulimit -f: found 4096 KiB, but ranks share memory through files of \d+ KiB; raise it, or add --one-process/#
      #expect(outcome.sentences.first?.wholeMatch(of: sentence) != nil, "\(outcome)")
    }

    @Test func `the number of threads counts`() throws {
      let outcome = try outcome(
        of: train + ["--one-process", "--set", "execution.threads=5"], under: "-v 700000")
      #expect(outcome.status == 65, "\(outcome)")
      #expect(
        outcome.sentences.first?.hasSuffix(
          "for OpenBLAS in each of 5 threads); raise the limit, or lower execution.threads")
          == true,
        "\(outcome)")
    }

    @Test func `enough is enough`() throws {
      let outcome = try outcome(of: train + ["--one-process"], under: "-v 2000000")
      #expect(outcome.status == 0, "\(outcome)")
    }

    @Test func `the launcher refuses before ranks start, and the doctor says it`() throws {
      let program = MPIRun.path(of: "antiphon")
      let refused = try outcome(
        of: [program, "launcher"] + train.dropFirst(), under: "-v 400000")
      #expect(refused.status == 65 && refused.output == "", "\(refused)")
      #expect(refused.sentences.count == 1, "\(refused)")
      let plan = try outcome(of: [program, "launcher", "doctor"], under: "-v 400000")
      #expect(plan.status == 0 && !plan.output.contains("mpirun"), "\(plan)")
      let doctor = try outcome(of: [program, "doctor"], under: "-v 300000")
      #expect(doctor.status == 0, "\(doctor)")
      #expect(doctor.output.contains("limits      ulimit -v is 300000 KiB"), "\(doctor)")
      #expect(doctor.output.contains("advice      ulimit -v is 300000 KiB"), "\(doctor)")
    }

    @Test(arguments: [
      ("none\npmi2\npmix\n", "srun has the plugin pmix"), ("none\npmi2\n", "NOT GOOD"),
    ])
    func `the doctor asks Slurm for its plugins`(list: String, words: String) async throws {
      try workshop.scratch.write("#!/bin/sh\nprintf '\(list)' >&2\n", to: "bin/srun")
      chmod(workshop.scratch["bin/srun"], 0o755)
      let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
      let doctor = try await MPIRun.alone(
        "antiphon", ["doctor"], environment: ["PATH": "\(workshop.scratch["bin"]):\(path)"])
      let line = doctor.output.split(separator: "\n").first { $0.hasPrefix("Slurm ") }
      #expect(line?.contains(words) == true, "\(doctor)")
    }
  }
}
