import Configuration
import Methods
import Tensors
import TestSupport
import Testing

@testable import Worker

/// ReconBoost: its stages by hand, the loss of one by differences, and whole runs.
@Suite struct BoostingTests {
  private static func method(_ change: (inout ReconBoost) -> Void = { _ in }) -> ReconBoost {
    var method = ReconBoost()
    (method.stageEpochs, method.jointEpochs) = (1, 1)
    change(&method)
    return method
  }

  /// Heads of both kinds, and what is asked of others beside their sum.
  private static let methods = [
    method { $0.agreement = 0.5 }, method { ($0.heads, $0.agreement) = (.shared, 0.5) },
    method { ($0.allAreMembers, $0.stageEpochs) = (true, 2) },
  ]

  @Test func `stages follow each other, and members are those who had one`() {
    let method = Self.method { $0.stageEpochs = 2 }
    let phases = (0..<12).map { method.phase(ofEpoch: $0, order: [1, 0, 2]) }
    #expect(phases.map(\.stage) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    #expect(phases.map(\.modality) == [1, 1, 1, 0, 0, 0, 2, 2, 2, 1, 1, 1])
    #expect(phases.prefix(4).map(\.isAlone) == [true, true, false, true])
    #expect(
      phases.map(\.members) == [
        [], [], [1], [1], [1], [0, 1], [0, 1], [0, 1], [0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2],
      ])
    #expect(phases[9].others == [0, 2] && phases[9].previous == 2 && phases[0].previous == nil)
    #expect(
      (0..<7).map { method.beginsPhase(epoch: $0, order: [1, 0, 2]) }
        == [true, false, true, true, false, true, true])
    // Nobody comes before itself.
    #expect(method.phase(ofEpoch: 3, order: [0]).previous == nil)
    let alone = Self.method { $0.jointEpochs = 0 }.phase(ofEpoch: 1, order: [0, 1])
    #expect(alone.isAlone && alone.members == [0, 1] && alone.others == [0])
    #expect(
      Self.method { $0.allAreMembers = true }.phase(ofEpoch: 0, order: [1, 0]).others == [0])
  }

  @Test func `what others are sure of weighs less`() {
    #expect(Self.method().weight(confidence: 0.5, classCount: 4) == 0.9)
    let official = Self.method {
      ($0.weight, $0.residual, $0.takesClassMean) = (5, 1, true)
    }
    #expect(official.weight(confidence: 0.5, classCount: 4) == 1.125)
  }

  @Test func `too few epochs for all stages are remarked upon`() {
    let method = Self.method { $0.stageEpochs = 2 }
    func remark(_ epochs: Int) -> String? {
      method.remark(modalities: ["a", "b", "c"], order: [1, 0, 2], epochs: epochs)
    }
    #expect(remark(7) == nil)
    #expect(
      remark(3)
        == "in 3 epochs a, c has no stage and stays as it was drawn, though its logits count; for a stage of each modality set epochs to 8 or more, or method.stage_epochs and method.joint_epochs to less"
    )
    #expect(remark(6)?.hasPrefix("in 6 epochs c has no stage") == true)
  }

  @Test func `the gradient of a stage's loss is that of differences`() throws {
    let loss = WeighedLoss(Self.method { $0.agreement = 0.7 }, classCount: 3, rowCount: 6)
    // The modality before lacks the second of the samples.
    let told = SampleWeights(
      [0.9, 0.5, 1.3],
      previous: [0.2, 0.5, 0.3, .nan, .nan, .nan, 0.6, 0.3, 0.1])
    #expect(loss.take(told, of: [4, 0, 2]))
    #expect(!loss.take(told, of: [4, 0]))
    let values: [Float] = [0.3, -0.2, 1.1, 0.4, 0.9, -1.2, 0.1, 0.2, -0.7]
    let labels = Buffer<Int32>([2, 0, 1])
    let gradient = Tensor([3], capacity: 3)
    func value(_ logits: [Float]) -> Double {
      loss.evaluate(
        [4, 0, 2], logits: Tensor([3], logits), labels: labels, gradient: gradient
      ).mean
    }
    let expected = values.indices.map { place in
      let sides = [Float(0.01), -0.01].map { step in
        var moved = values
        moved[place] += step
        return value(moved)
      }
      return (sides[0] - sides[1]) / 0.02
    }
    _ = value(values)
    expectClose(gradient.array.map(Double.init), expected, relative: 1e-3)
  }

  @Test(arguments: methods.indices, [1, 2, 3, 6])
  func `a run is like another, and each modality moves in its stage and with all`(
    index: Int, count: Int
  ) throws {
    var run = SmallRun(Self.methods[index], modalities: count)
    let length = Self.methods[index].stageEpochs + 1
    run.configuration.epochs = length * count
    let stages = try (0...count).map { try run.train(0..<3 * length * $0) }
    #expect(SmallRun.differences(stages[count], try run.train(0..<3 * length * count)) == [])
    for stage in 0..<count {
      let moved = SmallRun.differences(stages[stage], stages[stage + 1])
      for modality in 0..<count {
        let isMember = modality <= stage || Self.methods[index].allAreMembers
        #expect(moved.contains("encoder.linear1.weight of rank \(modality + 1)") == isMember)
      }
      #expect(moved.contains("boost of rank 0"))
      let head = Self.methods[index].heads == .shared ? "head.weight of rank 0" : nil
      #expect(moved.contains(head ?? "head.weight of rank \(stage + 1)"))
    }
    for state in stages[count].joined() where state.name.hasSuffix("weight") {
      let values = state.bits.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      #expect(values.allSatisfy { $0.isFinite }, "\(state.name)")
    }
  }

  @Test func `velocities are dropped where a stage begins and ends`() throws {
    let run = SmallRun(Self.method { $0.stageEpochs = 2 }, modalities: 2)
    func velocity(_ cycles: Range<Int>, from memory: SmallRun.Memory) throws -> [UInt8] {
      let found = try run.train(cycles, from: memory)[1]
      return try #require(found.first { $0.name == "optimizer.velocity" }).bits
    }
    // Between epochs of a stage, before joint ones, among them, and before another's stage.
    for (cycle, isDropped) in [(3, false), (6, true), (7, false), (9, true)] {
      let kept = try run.train(0..<cycle)
      var forgotten = kept
      let place = try #require(kept[1].firstIndex { $0.name == "optimizer.velocity" })
      forgotten[1][place].bits = [UInt8](repeating: 0, count: kept[1][place].bits.count)
      let isAlike =
        try velocity(cycle..<cycle + 1, from: kept)
        == velocity(cycle..<cycle + 1, from: forgotten)
      #expect(isAlike == isDropped, "cycle \(cycle)")
    }
  }

  /// In a stage, and among joint epochs; between them, what is dropped next is not missed.
  @Test(arguments: methods.indices)
  func `a run goes on where it was`(index: Int) throws {
    var run = SmallRun(Self.methods[index], modalities: 3)
    run.configuration.epochs = 6
    for cycle in [2, 4, 8, 13] { try run.expectResumable(after: cycle) }
    let end = try run.train(0..<18)
    for cycle in [3, 6, 9] {
      let middle = try run.train(0..<cycle)
      #expect(SmallRun.differences(try run.train(cycle..<18, from: middle), end) == [])
    }
  }

  @Test(arguments: methods.indices)
  func `mini-batches whose numbers are not finite are left out`(index: Int) throws {
    var run = SmallRun(Self.methods[index], modalities: 2)
    run.configuration.epochs = 6
    run.configuration.execution.onNonfinite = .skip
    run.odd = [5: .nan]
    let end = try run.train(0..<18)
    for state in end.joined() where state.name.hasSuffix("weight") || state.name == "boost" {
      let values = state.bits.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      #expect(values.allSatisfy { $0.isFinite }, "\(state.name)")
    }
    // Both leave the sample's mini-batch out, where it counts.
    for rank in 1...2 {
      let counts = try #require(end[rank].first { $0.name == "skipped.nonfinite" })
      #expect(counts.bits[0] > 0)
    }
    try run.expectResumable(after: 7)
  }
}
