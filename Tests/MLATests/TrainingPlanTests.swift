import Testing

@testable import MLA

@Suite struct TrainingPlanTests {
  /// 23 samples; modality 1 lacks every third, modality 2 has three only, all in rows of their own.
  let roster = Roster(
    sampleCount: 23,
    rows: [
      (0..<23).map { Int32(22 - $0) },
      (0..<23).map { $0 % 3 == 0 ? -1 : Int32($0 + 100) },
      (0..<23).map { $0 < 3 ? Int32($0) : -1 },
    ])

  func plan(_ sampling: Sampling, batchSize: Int = 5, seed: UInt64 = 1) -> TrainingPlan {
    TrainingPlan(
      roster: roster, sampling: sampling, batchSize: batchSize, order: [2, 0, 1], seed: seed)
  }

  @Test func `turns are numbered through the run, in the order asked for`() {
    let plan = plan(.shared)
    #expect(plan.cyclesPerEpoch == 5)
    let turns = plan.epoch(2).turns
    #expect(turns.map(\.index) == Array(30..<45))
    #expect(turns.map(\.modality) == (0..<5).flatMap { _ in [2, 0, 1] })
    #expect(turns.map(\.cycle) == (10..<15).flatMap { [$0, $0, $0] })
    #expect(turns.map(\.cycleInEpoch) == (0..<5).flatMap { [$0, $0, $0] })
    #expect(turns.allSatisfy { $0.epoch == 2 && $0.cyclesPerEpoch == 5 })
  }

  @Test func `a modality's turns and the rest of a cycle are the same turns`() {
    let epoch = plan(.shared).epoch(2)
    let all = Array(epoch.turns)
    for modality in 0..<3 {
      #expect(Array(epoch.turns(of: modality)) == all.filter { $0.modality == modality })
    }
    for (place, turn) in all.enumerated() {
      let rest = all[(place + 1)...].filter { $0.cycle == turn.cycle }
      #expect(Array(epoch.turns(after: turn)) == rest)
    }
    let part = epoch.part(1..<3)
    #expect(Array(part.turns) == Array(all[3..<9]))
    #expect(Array(part.turns(of: 0)) == [all[4], all[7]])
  }

  @Test func `a turn is empty exactly when it has no rows`() {
    let rows = [[[[1, 2], [], [0]], [[3], [4, 4], []]]]
    for sampling in [Sampling.shared, .own, .explicit(rows)] {
      let epoch = plan(sampling).epoch(0)
      #expect(epoch.turns.contains { epoch.isEmpty($0) } == (sampling != .own))
      for turn in epoch.turns { #expect(epoch.isEmpty(turn) == epoch.rows(of: turn).isEmpty) }
    }
  }

  @Test func `an epoch of a thousand modalities costs a rank no more than its own turns`() {
    // 4 million turns, a million numbers a shuffle: all of either would take seconds.
    let rows = [Int32](0..<4000)
    let roster = Roster(sampleCount: 4000, rows: Array(repeating: rows, count: 1000))
    for sampling in [Sampling.shared, .own] {
      let plan = TrainingPlan(
        roster: roster, sampling: sampling, batchSize: 1, order: Array((0..<1000).reversed()),
        seed: 3)
      let epoch = plan.epoch(0)
      #expect(epoch.turns.count == 4_000_000)
      #expect(epoch.turns[2_000_003].modality == 996)
      #expect(epoch.turns(of: 7).map(\.index).prefix(2) == [992, 1992])
      #expect(Set(epoch.turns(of: 7).flatMap { epoch.rows(of: $0) }).count == 4000)
    }
  }

  @Test func `shared sampling serves each sample once to each modality that has it`() {
    let epoch = plan(.shared).epoch(0)
    for modality in 0..<3 {
      let served = (0..<5).flatMap { epoch.samples(cycleInEpoch: $0, modality: modality) }
      #expect(served.sorted() == roster.samples(of: modality))
      #expect(served != served.sorted() || modality == 2)
      let rows = (0..<5).flatMap { epoch.rows(cycleInEpoch: $0, modality: modality) }
      #expect(rows == served.map { Int(roster.rows[modality][$0]) })
    }
  }

  @Test func `a shared mini-batch keeps its order for every modality, the last one is short`() {
    let epoch = plan(.shared).epoch(0)
    // Modality 0 has every sample, so it shows the mini-batches themselves.
    #expect((0..<5).map { epoch.samples(cycleInEpoch: $0, modality: 0).count } == [5, 5, 5, 5, 3])
    for batch in 0..<5 {
      let all = epoch.samples(cycleInEpoch: batch, modality: 0)
      for modality in 1..<3 {
        let expected = all.filter { roster.has($0, modality: modality) }
        #expect(epoch.samples(cycleInEpoch: batch, modality: modality) == expected)
      }
    }
  }

  @Test(arguments: [Sampling.shared, .own])
  func `epochs and seeds differ, and repeat`(sampling: Sampling) {
    func order(_ epoch: Int, _ seed: UInt64) -> [Int] {
      let plan = plan(sampling, seed: seed).epoch(epoch)
      return (0..<5).flatMap { plan.samples(cycleInEpoch: $0, modality: 0) }
    }
    #expect(order(0, 1) == order(0, 1))
    #expect(order(0, 1) != order(1, 1) && order(0, 1) != order(0, 2))
  }

  @Test func `own sampling fills every mini-batch, and those with fewer samples start over`() {
    let plan = plan(.own)
    #expect(plan.cyclesPerEpoch == 5)
    let epoch = plan.epoch(3)
    #expect((0..<5).map { epoch.samples(cycleInEpoch: $0, modality: 0).count } == [5, 5, 5, 5, 3])
    for modality in 1..<3 {
      #expect((0..<5).allSatisfy { epoch.samples(cycleInEpoch: $0, modality: modality).count == 5 })
    }
    for modality in 0..<3 {
      let own = roster.samples(of: modality)
      let served = (0..<5).flatMap { epoch.samples(cycleInEpoch: $0, modality: modality) }
      for start in stride(from: 0, to: served.count, by: own.count) {
        let pass = served[start..<min(start + own.count, served.count)]
        #expect(Set(pass).count == pass.count && Set(pass).isSubset(of: own))
      }
    }
    // Different passes of one epoch are shuffled differently.
    let rounds = (0..<5).flatMap { epoch.samples(cycleInEpoch: $0, modality: 2) }
    #expect(Set((0..<8).map { rounds.part($0, length: 3) }).count > 1)
  }

  @Test func `modalities of equal batch counts all end on their short batch`() {
    let roster = Roster(
      sampleCount: 10, rows: [Array(0..<10), (0..<10).map { $0 < 9 ? $0 : Roster.absent }])
    let plan = TrainingPlan(
      roster: roster, sampling: .own, batchSize: 4, order: [0, 1], seed: 1)
    let epoch = plan.epoch(0)
    #expect((0..<3).map { epoch.samples(cycleInEpoch: $0, modality: 0).count } == [4, 4, 2])
    #expect((0..<3).map { epoch.samples(cycleInEpoch: $0, modality: 1).count } == [4, 4, 1])
  }

  @Test(arguments: [Sampling.shared, .own])
  func `a batch size beyond all bounds means all samples at once`(sampling: Sampling) {
    let plan = plan(sampling, batchSize: .max)
    #expect(plan.cyclesPerEpoch == 1 && plan.batchSize == .max)
    #expect(plan.epoch(0).samples(cycleInEpoch: 0, modality: 0).count == 23)
    #expect(plan.epoch(0).samples(cycleInEpoch: 0, modality: 2).count == 3)
  }

  @Test(arguments: [Sampling.shared, .own])
  func `a roster without samples has no turns`(sampling: Sampling) {
    let empty = Roster(sampleCount: 0, rows: [[], []])
    let plan = TrainingPlan(
      roster: empty, sampling: sampling, batchSize: 4, order: [1, 0], seed: 1)
    #expect(plan.cyclesPerEpoch == 0 && plan.epoch(0).turns.isEmpty)
  }

  @Test func `a modality without samples takes empty turns`() {
    let roster = Roster(sampleCount: 3, rows: [[0, 1, 2], [-1, -1, -1]])
    for sampling in [Sampling.shared, .own] {
      let plan = TrainingPlan(
        roster: roster, sampling: sampling, batchSize: 2, order: [0, 1], seed: 1)
      #expect(plan.epoch(0).turns.count == 4)
      #expect((0..<2).allSatisfy { plan.epoch(0).rows(cycleInEpoch: $0, modality: 1).isEmpty })
    }
  }

  @Test func `explicit rows are served as written`() {
    let rows = [[[[1, 2], [], [0]], [[3], [4, 4], []]], [[[5], [], []], [[], [], [6]]]]
    let plan = plan(.explicit(rows))
    #expect(plan.cyclesPerEpoch == 2)
    for epoch in 0..<2 {
      for batch in 0..<2 {
        for modality in 0..<3 {
          #expect(
            plan.epoch(epoch).rows(cycleInEpoch: batch, modality: modality)
              == rows[epoch][batch][modality])
        }
      }
    }
  }
}
