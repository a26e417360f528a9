import Foundation
import MPI
import TestSupport
import Testing

/// Jobs of real ranks; `Tests/MPIScenarios` holds what they do.
@Suite(.serialized) struct WorldTests {
  private func job(
    _ scenario: String..., ranks: Int = 3, isQuiet: Bool = true
  ) async throws -> MPIRun.Outcome {
    try await MPIRun.ranks(ranks, "mpi-scenarios", scenario, isQuiet: isQuiet)
  }

  @Test(arguments: [2, 3, 5])
  func `every rank knows its place`(ranks: Int) async throws {
    let outcome = try await job("hello", ranks: ranks)
    #expect(outcome.status == 0, "\(outcome)")
    for rank in 0..<ranks {
      #expect(outcome.output.contains("rank \(rank) of \(ranks), \(ranks) here on "), "\(outcome)")
    }
    #expect(outcome.output.contains("Open MPI v"))
    #expect(outcome.errors == "")
  }

  @Test func `a message that has been there for long is seen at the first look`() async throws {
    let outcome = try await job("arrived", ranks: 2)
    #expect(outcome.output.contains("seen at the first look: true"), "\(outcome)")
  }

  @Test func `a rank that sleeps on its bell is woken by another of its node`() async throws {
    let outcome = try await job("bell", ranks: 2)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("the bell was rung 1 times"), "\(outcome)")
  }

  /// Vader needs no network, and mpirun listens on the loopback interface: 127.0.0.1 and ::1, as the
  /// kernel writes them.
  @Test func `ranks of one node listen on no network`() async throws {
    let outcome = try await job("listens")
    #expect(outcome.status == 0, "\(outcome)")
    for rank in 0..<3 {
      #expect(outcome.output.contains("rank \(rank) listens on: \n"), "\(outcome)")
    }
    let words = try #require(
      outcome.output.split(separator: "mpirun listens on: ").dropFirst().first)
    let addresses = words.prefix { $0 != "\n" }.split(separator: " ")
    #expect(!addresses.isEmpty)
    #expect(
      Set(addresses).subtracting(["0100007F", "00000000000000000000000001000000"]).isEmpty,
      "\(outcome)")
  }

  /// MPI gives its components back while a thread of its own may still be in one.
  @Test func `the libraries of MPI stay until the process ends`() async throws {
    let outcome = try await MPIRun.alone("mpi-scenarios", ["components"])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("are still mapped") && !outcome.output.hasPrefix("0 "))
  }

  @Test func `without mpirun there is one rank`() async throws {
    let outcome = try await MPIRun.alone("mpi-scenarios", ["hello"])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("rank 0 of 1"))
  }

  @Test func `ranks that srun started without PMIx refuse to run`() async throws {
    let outcome = try await MPIRun.alone(
      "mpi-scenarios", ["hello"], environment: ["SLURM_NTASKS": "3"])
    #expect(outcome.status == 70)
    #expect(
      outcome.errors.contains("SLURM_NTASKS says that 3 processes were started"), "\(outcome)")
    #expect(outcome.output == "")
  }

  @Test func `an error of MPI comes with the routine's name and MPI's words`() async throws {
    let outcome = try await job("bad-rank")
    #expect(outcome.status == 70)
    #expect(outcome.errors.contains("MPI_Isend failed: MPI_ERR_RANK: invalid rank"), "\(outcome)")
  }

  @Test(arguments: [0, 1, 2])
  func `a rank that throws ends all ranks with its one sentence`(rank: Int) async throws {
    let outcome = try await job("throws", "\(rank)")
    #expect(outcome.status == 70)
    #expect(outcome.errors == "rank \(rank) found no data\n")
  }

  @Test func `mpirun has its own word when it is not told to be quiet`() async throws {
    let outcome = try await job("throws", isQuiet: false)
    #expect(outcome.status == 70)
    #expect(outcome.errors.contains("rank 1 found no data\n"), "\(outcome)")
    #expect(outcome.errors.split(separator: "\n").count > 1, "\(outcome)")
  }

  @Test(arguments: [(0, 1), (3, 3)])
  func `a rank that leaves without a word ends all ranks`(code: Int, status: Int) async throws {
    let outcome = try await job("leaves", "\(code)")
    #expect(outcome.status == status, "\(outcome)")
  }

  @Test(arguments: [0, 1]) func `a rank that is stuck before MPI has started is named`(
    rank: Int
  ) async throws {
    let scratch = try Scratch()
    let outcome = try await MPIRun.ranks(
      3, "mpi-scenarios", ["stuck-at-start", "\(rank)"],
      environment: ["ANTIPHON_START_LIMIT": "2", "ANTIPHON_MARKS": scratch.path], timeout: 30)
    #expect(outcome.status == 75, "\(outcome)")
    #expect(
      outcome.errors
        == "antiphon: error: rank \(rank == 0 ? 1 : 0) has waited 2.0 s for all ranks to start; one, or its host, may be stuck or cut off. Look at them, or raise ANTIPHON_START_LIMIT (seconds): rank \(rank) has not started\n"
    )
  }

  @Test func `ranks that are together say so`() async throws {
    let scratch = try Scratch()
    let outcome = try await MPIRun.ranks(
      2, "mpi-scenarios", ["hello"], environment: ["ANTIPHON_MARKS": scratch.path])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(scratch.names(in: "").sorted() == ["rank-0.ready", "rank-1.ready"])
  }

  @Test func `a signal before MPI has started ends the job`() async throws {
    let scratch = try Scratch()
    let job = try LiveJob.ranks(
      2, "mpi-scenarios", ["stuck-at-start", "1"], environment: ["ANTIPHON_MARKS": scratch.path])
    // The other rank hears signals once it has left its mark.
    let hasBegun = job.wait {
      scratch.names(in: "").contains("rank-0")
        && job.process(ofRank: 1).map(LiveJob.isStopped) ?? false
    }
    try #require(hasBegun)
    job.send(SIGUSR1)
    let outcome = try #require(job.outcome(within: 20), "the job hangs")
    #expect(outcome.status == 77, "\(outcome)")
  }

  @Test func `ranks whose mpirun was killed end, and leave no shared memory`() async throws {
    let scratch = try Scratch()
    let job = try LiveJob.ranks(
      2, "mpi-scenarios", ["waits", "600000"], environment: ["ANTIPHON_MARKS": scratch.path])
    // Ranks that are still starting leave theirs to the next job on the host.
    let rank = try #require(
      job.wait {
        scratch.names(in: "").filter { $0.hasSuffix(".ready") }.count == 2
          && segments(of: job).count == 2
      } ? job : nil)
    let (processes, left) = (rank.processes, segments(of: rank))
    job.send(SIGKILL)
    #expect(LiveJob.survivors(of: processes, after: 10) == [])
    #expect(left.filter { FileManager.default.fileExists(atPath: $0) } == [])
  }

  /// The files of shared memory in which the ranks of a job leave messages.
  private func segments(of job: LiveJob) -> Set<String> {
    guard let rank = job.process(ofRank: 0),
      let maps = FileManager.default.contents(atPath: "/proc/\(rank)/maps")
    else { return [] }
    let paths = String(decoding: maps, as: UTF8.self).split(separator: "\n")
      .compactMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } }
    return Set(paths.filter { $0.contains("/vader_segment.") })
  }

  @Test(arguments: [(2, 1), (15, 1), (10, 75)])
  func `a signal to mpirun ends ranks that wait`(signal: Int, status: Int) async throws {
    let outcome = try await job("interrupted", "\(signal)")
    #expect(outcome.status == status, "\(outcome)")
    // What ranks write after the first has gone may be lost, so there are up to three such lines.
    let lines = Set(outcome.errors.split(separator: "\n"))
    #expect(lines == (signal == 10 ? ["interrupted"] : []), "\(outcome)")
  }
}
