import TestSupport
import Testing

/// Expects `verify` over four ranks to say of cases what it said in one process, where it called the way `HERE`.
func expectSameOverRanks(_ cases: [String], _ lines: [String]) async throws {
  let outcome = try await MPIRun.ranks(4, "antiphon", ["verify"] + cases)
  #expect(outcome.status == 0, "\(outcome)")
  #expect(outcome.errors == "")
  #expect(
    outcome.output.replacing("(4 ranks)", with: "(HERE)")
      .split(whereSeparator: \.isNewline).map(String.init) == lines)
}
