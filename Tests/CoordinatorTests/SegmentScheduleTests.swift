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
      found.filter { !$0.evaluations.isEmpty }.map(\.evaluations) == [
        [.validation], [.validation], [.validation, .test],
      ])
    #expect(found.map(\.keepsLogits) == found.map(\.isLast))
    // Who fits a fusion has both splits anyway.
    #expect(
      directives(fits: true).filter(\.keepsLogits).map(\.evaluations) == [[.validation, .test]])
    #expect(
      directives(splits: (.test, .test)).filter(\.keepsLogits).map(\.evaluations) == [[.test]])
    #expect(directives(keeping: false).allSatisfy { !$0.keepsLogits })
  }

  @Test func `a run whose cycles are all trained keeps them too`() {
    var run = RunConfiguration(classes: ["a", "b"], modalities: [])
    (run.epochs, run.evaluation.keepsLogits) = (3, true)
    var schedule = SegmentSchedule(
      run, cyclesPerEpoch: 2, from: .init(epoch: 3), splits: (.validation, .test))
    let last = schedule.next(canWrite: true)
    #expect(last.keepsLogits && last.evaluations == [.validation, .test] && last.isLast)
    #expect(last.cycles.isEmpty && last.epoch == 2)
    // One that ends before its time is not evaluated.
    #expect(!schedule.end().keepsLogits)
  }

  // MARK: - Where the model is chosen

  private func choosing(every epochs: Int = 1, lastEpoch: Int? = nil) -> SegmentSchedule {
    var run = RunConfiguration(classes: ["a", "b"], modalities: [])
    (run.epochs, run.selection.keep) = (3, .best)
    (run.checkpoint.every, run.evaluation.every) = (.epochs(2), epochs)
    return SegmentSchedule(
      run, cyclesPerEpoch: 1, from: .init(), splits: (.validation, .test), lastEpoch: lastEpoch)
  }

  @Test func `what follows from an evaluation is ordered after it, and test is looked at once`() {
    var schedule = choosing()
    let first = schedule.next(canWrite: true)
    #expect(first.evaluations == [.validation] && schedule.decides(first))
    #expect(first.checkpoint.isEmpty && !first.isLast)
    schedule.decided(keeps: true, isOver: false)
    let kept = schedule.next(canWrite: true)
    #expect(kept.cycles.isEmpty && kept.checkpoint == "weights/epoch-0001")
    #expect(!schedule.decides(kept) && !kept.isReported && !kept.awaitsCheckpoint)
    // A checkpoint that is due is written after the evaluation, whatever that says.
    let second = schedule.next(canWrite: true)
    #expect(second.epoch == 1 && second.checkpoint.isEmpty)
    schedule.decided(isOver: false)
    #expect(schedule.next(canWrite: true).checkpoint == "weights/epoch-0002")
    let third = schedule.next(canWrite: true)
    #expect(third.evaluations == [.validation] && !third.isLast)
    schedule.decided(isOver: false)
    let cut = schedule.next(canWrite: true)
    #expect(cut.checkpoint == "weights/epoch-0003" && cut.awaitsCheckpoint && !cut.isLast)
    #expect(schedule.decides(cut))
    let last = schedule.next(canWrite: true)
    #expect(last.evaluations == [.validation, .test] && last.isLast && last.checkpoint.isEmpty)
  }

  @Test func `an end before the last epoch has a checkpoint and the same evaluation`() {
    var schedule = choosing()
    _ = schedule.next(canWrite: true)
    schedule.decided(keeps: true, isOver: true)
    #expect(schedule.isTrained)
    #expect(schedule.next(canWrite: true).checkpoint == "weights/epoch-0001")
    let last = schedule.next(canWrite: true)
    #expect(last.isLast && last.evaluations == [.validation, .test] && last.epoch == 0)
    // The same of a run that shall end after so many epochs, of which the last is evaluated in any case.
    var bounded = choosing(every: 5, lastEpoch: 2)
    #expect(bounded.next(canWrite: true).evaluations.isEmpty)
    #expect(bounded.next(canWrite: true).evaluations == [.validation])
    #expect(bounded.isTrained && bounded.next(canWrite: true).checkpoint == "weights/epoch-0002")
    #expect(bounded.next(canWrite: true).isLast)
  }
}
