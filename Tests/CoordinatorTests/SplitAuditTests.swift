import Configuration
import Exchange
import Testing

@testable import Coordinator

/// What is found of samples by their ids, labels and numbers alone.
@Suite struct SplitAuditTests {
  private func kinds(_ findings: [AuditFinding]) -> [AuditFinding.Kind] { findings.map(\.kind) }

  /// The second training sample and the test sample have the same number, and are equal.
  @Test(arguments: [true, false]) func `row numbers are no ids`(isWritten: Bool) throws {
    let inventory = Inventory(
      host: "here", sampleShape: [1],
      train: .init(ids: ["1", "0"], labels: [0, 1], hasWrittenIDs: isWritten),
      test: .init(ids: ["0"], labels: [1], hasWrittenIDs: isWritten))
    let run = RunConfiguration(
      classes: ["x", "y"],
      modalities: [.init(name: "m", source: .synthetic(.init()), encoder: .mlp(.init()))])
    let audit = try SplitAudit([inventory], [Likeness(contents: [0, 1, 1])], run)
    let found = kinds(audit.findings)
    #expect(found.contains(.sharedIDs) == isWritten)
    #expect(found.contains(.identicalSamples) == !isWritten)
  }

  private func classes(_ training: [Int], _ test: [Int]) -> [AuditFinding] {
    SplitAudit.classes(
      [.init(name: "training", counts: training), .init(name: "test", counts: test)],
      names: ["x", "y"])
  }

  @Test func `shares are others by more than 10 points, and by more than chance`() {
    // 8 points of 2,000 samples are 5 standard errors; 20 points of 10 are none.
    #expect(classes([1_000, 1_000], [1_160, 840]).isEmpty)
    #expect(classes([5, 5], [7, 3]).isEmpty)
    let shifted = classes([1_000, 1_000], [1_240, 760])
    #expect(kinds(shifted) == [.classBalance] && shifted[0].count == 2)
  }

  @Test func `a class can be missing in either split`() {
    #expect(kinds(classes([3, 0], [1, 1])) == [.missingClasses])
    #expect(classes([3, 0], [1, 1])[0].split == nil)
    #expect(classes([3, 3], [2, 0])[0].split == .test)
  }
}
