import Configuration
import Exchange
import Testing

@testable import Coordinator

/// What happens at the end of each segment, which is ordered when the one before it begins.
@Suite struct SegmentScheduleTests {
  /// The directives of three epochs of two cycles.
  private func directives(
    keeping: Bool = true, fits: Bool = false,
    splits: (whileTraining: EvaluatedSplit?, atEnd: EvaluatedSplit?) = (.validation, .test)
  ) -> [Directive] {
    var run = RunConfiguration(classes: ["a", "b"], modalities: [])
    (run.epochs, run.evaluation.keepsLogits) = (3, keeping)
    var schedule = SegmentSchedule(
      run, cyclesPerEpoch: 2, from: .init(), splits: splits, fitsFusion: fits)
    var directives: [Directive] = []
    while directives.last?.isLast != true, directives.count < 20 {
      directives.append(schedule.next(canWrite: true))
    }
    return directives
  }

  @Test func `the logits of the final weights are kept, and of no others`() {
    let found = directives()
    #expect(
      found.filter { $0.evaluate != nil }.map(\.evaluate) == [
        .validation, .validation, .test, .validation,
      ])
    #expect(found.filter(\.keepsLogits).map(\.evaluate) == [.test, .validation])
    #expect(found.suffix(2).allSatisfy(\.keepsLogits) && found.last?.cycles.isEmpty == true)
    // Who fits a fusion has both splits at once.
    let fitted = directives(fits: true)
    #expect(fitted.filter(\.keepsLogits).map(\.evaluations) == [[.validation, .test]])
    #expect(directives(splits: (.test, .test)).filter(\.keepsLogits).map(\.evaluate) == [.test])
    #expect(directives(keeping: false).allSatisfy { !$0.keepsLogits })
  }

  @Test func `a run whose cycles are all trained keeps them too`() {
    var run = RunConfiguration(classes: ["a", "b"], modalities: [])
    (run.epochs, run.evaluation.keepsLogits) = (3, true)
    var schedule = SegmentSchedule(
      run, cyclesPerEpoch: 2, from: .init(epoch: 3), splits: (.validation, .test))
    let (first, second) = (schedule.finish(), schedule.next(canWrite: true))
    #expect(first.keepsLogits && first.evaluate == .test && !first.isLast)
    #expect(second.keepsLogits && second.evaluate == .validation && second.isLast)
    // One that ends before its time is not evaluated.
    #expect(!schedule.end().keepsLogits)
  }
}
