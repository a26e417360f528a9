import TestSupport
import Testing

/// Jobs of real ranks; `Tests/MPIScenarios` holds what they do.
@Suite(.serialized) struct RankTests {
  private func job(
    _ scenario: String..., ranks: Int = 3, environment: [String: String] = [:]
  ) async throws -> MPIRun.Outcome {
    try await MPIRun.ranks(ranks, "mpi-scenarios", scenario, environment: environment)
  }

  /// As on a system that forbids processes to read each other's memory.
  private static let throughBuffers = ["OMPI_MCA_btl_vader_single_copy_mechanism": "none"]

  @Test(arguments: ["ping-pong", "far-ping-pong", "late-peer"], [2, 3, 5])
  func `every byte arrives in its order`(scenario: String, ranks: Int) async throws {
    let outcome = try await job(scenario, ranks: ranks)
    #expect(outcome.status == 0, "\(outcome)")
    for rank in 0..<ranks { #expect(outcome.output.contains("rank \(rank) is content")) }
  }

  @Test func `a large message arrives although its sender computes`() async throws {
    let outcome = try await job("busy-sender", ranks: 2)
    #expect(outcome.status == 0, "\(outcome)")
  }

  @Test func `ranks measure the time of a message`() async throws {
    let outcome = try await job("latency", "0", "12288", ranks: 2)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("12288 B: "))
  }

  @Test(arguments: [
    (
      "out-of-turn",
      "rank 0 (coordinator) expected headUpdate of turn 3 from rank 1 (modality m1), but rank 1 (modality m1) sent headUpdate of turn 4; all ranks must run the same build and configuration\n"
    ),
    (
      "sleeps",
      "rank 0 (coordinator) has waited 0.3 s for rank 1 (modality m1) (headUpdate of turn 12); it may be stuck or cut off. Look at that rank, or raise execution.deadline\n"
    ),
    (
      "works-in-silence",
      "rank 0 (coordinator) has waited 0.7 s for rank 1 (modality m1) (report of epoch 1); it may be stuck or cut off. Look at that rank, or raise execution.deadline\n"
    ),
    ("refuses", "rank 1 (modality m1): train.csv, line 3: label 9 is not one of 6 classes\n"),
    (
      "too-large",
      "the message roster has 2024 bytes, but one message carries at most 1000; use fewer classes or features, or fewer samples\n"
    ),
  ])
  func `what goes wrong ends all ranks with one sentence`(
    scenario: String, sentence: String
  ) async throws {
    let outcome = try await job(scenario)
    #expect(outcome.status == 70, "\(outcome)")
    #expect(outcome.errors == sentence)
  }

  @Test func `whoever works longer than others wait gives signs of life`() async throws {
    let outcome = try await job("works", ranks: 2)
    #expect(outcome.status == 0, "\(outcome)")
    for rank in 0..<2 { #expect(outcome.output.contains("rank \(rank) is content")) }
  }

  @Test(arguments: [[:], throughBuffers])
  func `a large message arrives while its sender works on`(
    environment: [String: String]
  ) async throws {
    let outcome = try await job("works-behind-a-message", ranks: 2, environment: environment)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("the message is there"))
  }

  /// The longer message has several pieces, which come when nobody waits for them.
  @Test(arguments: [1_000_000, 3_500_000])
  func `a wait that ends in the middle of a message leaves its memory to MPI`(
    byteCount: Int
  ) async throws {
    let outcome = try await job(
      "half-a-message", "\(byteCount)", ranks: 2,
      // Pieces that leave only when their receiver has been asked.
      environment: Self.throughBuffers.merging(
        ["OMPI_MCA_btl_vader_eager_limit": "65536"]) { $1 })
    #expect(outcome.status == 0, "\(outcome)")
    #expect(
      outcome.output.contains("has waited 0.3 s for rank 1 (modality m1) (logits of epoch 0)"))
    #expect(outcome.output.contains("the next message is there"))
  }

  @Test func `a job that is suspended goes on`() async throws {
    let outcome = try await job("suspended")
    #expect(outcome.status == 0, "\(outcome)")
    for rank in 0..<3 { #expect(outcome.output.contains("rank \(rank) is content")) }
    #expect(outcome.errors == "")
  }

  @Test func `a signal ends the one-process run in the middle of its work`() async throws {
    let outcome = try await MPIRun.alone("mpi-scenarios", ["memory-works"], timeout: 20)
    #expect(outcome.status == 75, "\(outcome)")
  }

  @Test func `a signal ends the one-process run`() async throws {
    let outcome = try await MPIRun.alone("mpi-scenarios", ["memory-interrupted"], timeout: 20)
    #expect(outcome.status == 75, "\(outcome)")
  }
}
