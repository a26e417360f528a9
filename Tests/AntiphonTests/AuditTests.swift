import Foundation
import TestSupport
import Testing

extension Jobs {
  /// `audit`, as people call it.
  @Suite struct AuditTests {
    private func findings(_ outcome: MPIRun.Outcome) throws -> [[String: Any]] {
      let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
      return try #require((object as? [String: Any])?["findings"] as? [[String: Any]])
    }

    @Test func `ranks and one process find the same, with status 1 only where that is asked for`()
      async throws
    {
      let workshop = try Workshop.pair()
      try workshop.scratch.write("id,group\ntrain0,g\ntest0,g\ntest7,g\n", to: "groups.csv")
      let audit = ["audit", workshop.scratch["pair.yaml"], "--json"]
      let planted = audit + ["--set", "data.groups=groups.csv"]
      let ranks = try await MPIRun.ranks(3, "antiphon", planted)
      try #require(ranks.status == 0, "\(ranks)")
      let found = try findings(ranks)
      #expect(found.count == 1 && found[0]["kind"] as? String == "shared_groups")
      #expect(found[0]["count"] as? Int == 2 && found[0]["of"] as? Int == 45)
      let one = try await MPIRun.alone("antiphon", planted + ["--one-process", "--strict"])
      #expect(one.status == 1 && one.output == ranks.output, "\(one)")
      #expect(
        one.sentences == ["the audit has 1 finding, and --strict allows none"], "\(one)")
      let clean = try await MPIRun.alone("antiphon", audit + ["--one-process", "--strict"])
      #expect(clean.status == 0, "\(clean)")
    }

    @Test func `a run without a validation split says that its model was not looked at`()
      async throws
    {
      let workshop = try Workshop.pair()
      let trained = try await workshop.train(
        .oneProcess, "pair.yaml", to: "run", options: ["--telemetry"])
      try #require(trained.status == 0, "\(trained)")
      let turns = try #require(workshop.scratch.text("run/telemetry.jsonl"))
      // Two epochs of six cycles of two turns.
      #expect(turns.split(separator: "\n").count == 2 * 6 * 2)
      let outcome = try await MPIRun.alone(
        "antiphon", ["audit", workshop.scratch["run"], "--one-process"])
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("the run has no validation split"), "\(outcome)")
      #expect(outcome.output.hasSuffix("found nothing\n"), "\(outcome)")
    }

    @Test func `files that cannot be read end an audit as they end a training`() async throws {
      let workshop = try Workshop.pair()
      try workshop.scratch.remove("a_test.npy")
      let outcome = try await MPIRun.ranks(
        3, "antiphon", ["audit", workshop.scratch["pair.yaml"]])
      #expect(outcome.status == 65, "\(outcome)")
      #expect(outcome.sentences.first?.contains("a_test.npy") == true, "\(outcome)")
    }
  }
}
