import Glibc
import TestSupport
import Testing

/// Replicas as real ranks; `Tests/MPIScenarios` holds what they do.
@Suite(.serialized) struct ReplicaRankTests {
  private func job(_ scenario: String..., ranks: Int = 2) async throws -> MPIRun.Outcome {
    try await MPIRun.ranks(ranks, "mpi-scenarios", scenario)
  }

  private func expectContent(_ outcome: MPIRun.Outcome, ranks: Int, _ grids: [String]) {
    #expect(outcome.status == 0, "\(outcome)")
    for rank in 0..<ranks {
      for grid in grids {
        #expect(outcome.output.contains("rank \(rank) is content, \(grid)\n"), "\(outcome)")
      }
    }
  }

  @Test func `four ranks have the values of one, however they lie on nodes`() async throws {
    let outcome = try await job("replicas", ranks: 4)
    expectContent(outcome, ranks: 4, ["1 x 4", "2 x 2", "4 x 1"])
  }

  @Test func `nobody moves what a slow replica still reads`() async throws {
    expectContent(try await job("replicas-slow"), ranks: 2, ["1 x 2"])
  }

  @Test func `the others of a replica that fails stop at once`() async throws {
    let outcome = try await job("replicas-fail", ranks: 3)
    #expect(outcome.status == 70, "\(outcome)")
    for rank in [0, 2] {
      #expect(outcome.output.contains("rank \(rank) hears: rank 1 (modality m1) has failed"))
    }
    #expect(outcome.errors == "rank 1 found no data\n")
  }

  @Test(arguments: [Int.max, 1])
  func `whoever waits for a replica that is killed can name it`(most: Int) async throws {
    let job = try LiveJob.ranks(2, "mpi-scenarios", ["replicas-endless", "\(most)"])
    #expect(job.wait { job.output.count { $0 == "\n" } > 3 }, "\(job.output)\(job.errors)")
    kill(try #require(job.process(ofRank: 1)), SIGKILL)
    let outcome = try #require(job.outcome(within: 20), "the job hangs")
    #expect(
      outcome.output.contains(
        /interrupted while waiting for rank 1 \(modality m1\) \([a-z]+ (of bucket [12] )?of turn [0-9]+\)/
      ),
      "\(outcome)")
  }

  @Test(arguments: [Int.max, 1])
  func `a replica that is stuck is named by all who wait`(most: Int) async throws {
    let outcome = try await job("replicas-stuck", "\(most)", ranks: 3)
    #expect(outcome.status == 70, "\(outcome)")
    let waits = "has waited 0.7 s for rank 2 (modality m2) (gradients of bucket 2 of turn 2)"
    let lines = outcome.errors.split(separator: "\n")
    #expect(!lines.isEmpty && lines.allSatisfy { $0.contains(waits) }, "\(outcome)")
  }

  /// The first waits for the third, which waits for the fourth, of its node.
  @Test func `whoever is in the middle between nodes is not blamed`() async throws {
    let outcome = try await job("replicas-stuck", "2", ranks: 4)
    #expect(outcome.status == 70, "\(outcome)")
    let waits = "has waited 0.7 s for rank 3 (modality m3)"
    let lines = outcome.errors.split(separator: "\n")
    #expect(!lines.isEmpty && lines.allSatisfy { $0.contains(waits) }, "\(outcome)")
  }

  @Test func `a replica that works for long is waited for`() async throws {
    expectContent(try await job("replicas-work"), ranks: 2, ["1 x 2", "2 x 1"])
  }

  @Test func `without room for shared memory replicas exchange messages`() async throws {
    let outcome = try await job("replicas-full")
    expectContent(outcome, ranks: 2, ["2 x 1"])
    #expect(
      outcome.output.contains(
        "rank 0: /dev/shm has no room for 12 MiB: File too large: replicas of one node exchange messages instead"
      ), "\(outcome)")
  }
}
