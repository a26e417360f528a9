import Foundation
import TestSupport
import Testing

extension Jobs {
  /// What a shell, a limit or an odd name may do to a run: one sentence each.
  @Suite struct SurroundingsTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.pair() }

    @Test func `a limit on the size of files is a write that fails`() throws {
      let words =
        [MPIRun.path(of: "antiphon")]
        + workshop.trainArguments("pair.yaml", to: "run", set: ["features=300"])
        + ["--one-process"]
      let job = try LiveJob(["bash", "-c", "ulimit -f 8; exec \"$0\" \"$@\""] + words)
      let outcome = try #require(job.outcome(within: 60), "the job hangs")
      #expect(outcome.status == 65, "\(outcome)")
      #expect(
        outcome.sentences.count == 1 && outcome.errors.contains("File too large"), "\(outcome)")
    }

    @Test func `no control character of a path reaches a terminal or a log`() async throws {
      let name = "run\u{1B}[31m\u{7}\u{202E}x"
      for round in 0..<2 {
        let outcome = try await workshop.train(.oneProcess, "pair.yaml", to: name)
        #expect(outcome.status == (round == 0 ? 0 : 65), "\(outcome)")
        let text = outcome.output + outcome.errors
        #expect(text.contains("run\\u{1b}[31m\\u{7}\\u{202e}x"), "\(text)")
        #expect(!text.contains("\u{1B}") && !text.contains("\u{7}") && !text.contains("\u{202E}"))
      }
      let log = try #require(workshop.scratch.text("\(name)/log.txt"))
      #expect(!log.contains("\u{1B}") && log.contains("run\\u{1b}[31m"))
    }

    @Test(arguments: ["/nowhere/at/all", "/proc"])
    func `a place for temporary files that is none`(folder: String) async throws {
      let outcome = try await MPIRun.alone(
        "antiphon", ["launcher"] + workshop.trainArguments("pair.yaml", to: "run"),
        environment: ["TMPDIR": folder])
      #expect(outcome.status == 65 && outcome.output.isEmpty, "\(outcome)")
      try #require(outcome.sentences.count == 1, "\(outcome)")
      #expect(
        outcome.sentences[0].hasPrefix(
          "TMPDIR, which is \(folder): temporary files cannot be made there: "))
      #expect(outcome.sentences[0].hasSuffix("; set TMPDIR to a folder that can be written to"))
    }
  }
}
