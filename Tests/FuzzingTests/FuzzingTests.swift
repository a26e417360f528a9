import TestSupport
import Testing

/// Hostile files for every reader: what broke one before, and a short series. `Tests/slow/run fuzz`
/// is the long one.
@Suite struct FuzzingTests {
  @Test func `every reader copes with hostile files`() async throws {
    let scratch = try Scratch()
    let outcome = try await MPIRun.alone(
      "fuzz-readers", ["--inputs", "500", "--longest", "20000", "--keep", scratch["kept"]])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(scratch.names(in: "kept") == [])
  }

  @Test func `a reader that nobody knows is refused`() async throws {
    let outcome = try await MPIRun.alone("fuzz-readers", ["--reader", "nothing"])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("there is no reader 'nothing'; there are npy, "))
  }
}
