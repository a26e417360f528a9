import Testing

@testable import MPI

@Suite struct RunningCountTests {
  @Test func `the thread that asks runs`() {
    // nil where the system does not say, or takes long.
    if let count = MPIWorld.runningCount { #expect(count >= 1) }
    #expect(MPIWorld.coreCount >= 1)
  }
}
