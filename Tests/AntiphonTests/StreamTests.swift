import Foundation
import TestSupport
import Testing

extension Jobs {
  /// Standard descriptors that are closed, full, or read by nobody: what a run computes, writes and
  /// ends with is the same.
  @Suite struct StreamTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.pair() }

    private func shell(_ line: String) throws -> MPIRun.Outcome {
      let setting = "cd '\(workshop.scratch.path)'; A='\(MPIRun.path(of: "antiphon"))'\n"
      return try #require(
        try LiveJob(["bash", "-c", setting + line]).outcome(within: 120), "the job hangs")
    }

    @Test(arguments: [
      "1>&-", "0<&- 1>&-", "0<&- 1>&- 2>&-", ">/dev/full 2>/dev/full", "| true", "2>&1 | true",
      "| head -n 1",
    ])
    func `a run does not need anybody to listen`(streams: String) throws {
      let outcome = try shell(
        "$A train pair.yaml --one-process --output run \(streams)\nexit ${PIPESTATUS[0]}")
      #expect(outcome.status == 0, "\(outcome)")
      let lines = try #require(workshop.scratch.text("run/metrics.jsonl")).split(separator: "\n")
      #expect(lines.count == 2)
      for (epoch, line) in lines.enumerated() { #expect(line.contains("\"epoch\":\(epoch + 1),")) }
      #expect(workshop.scratch.text("run/summary.json")?.contains("weights_sha256") == true)
      #expect(workshop.scratch.text("run/log.txt")?.hasPrefix("mla · ") == true)
    }

    @Test(arguments: ["2>&-", "2>/dev/full", "0<&- 1>&- 2>&-", "2> >(true)"])
    func `a refusal has its status, also where nobody can hear it`(streams: String) throws {
      #expect(try shell("$A train none.yaml --one-process \(streams)").status == 65)
      #expect(try shell("$A train pair.yaml --outptu x \(streams)").status == 64)
      #expect(try shell("$A launcher train none.yaml \(streams)").status == 65)
    }

    /// Without what makes them lead nowhere, the command line would go to whatever file came first.
    @Test(arguments: ["1>&-", "0<&- 1>&-", "0<&- 1>&- 2>&-"])
    func `closed standard descriptors do not become files`(streams: String) throws {
      #expect(try shell("$A launcher train pair.yaml \(streams)").status == 0)
    }

    @Test func `a command line that could not be told is an error`() throws {
      let outcome = try shell("$A launcher train pair.yaml >/dev/full")
      #expect(outcome.status == 65)
      #expect(
        outcome.sentences == ["the command line: cannot be written: No space left on device"])
    }

    @Test(arguments: ["--one-process", ""])
    func `a rank's environment does not silence what is no rank`(option: String) async throws {
      for command in ["train pair.yaml \(option) --outptu x", "launcher demo --outptu x"] {
        let outcome = try await MPIRun.alone(
          "antiphon", command.split(separator: " ").map(String.init),
          environment: ["PMIX_RANK": "2"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("Error: Unknown option '--outptu'"), "\(outcome)")
      }
    }
  }
}
