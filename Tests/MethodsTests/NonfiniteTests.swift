import Configuration
import Coordinator
import Exchange
import MLA
import Methods
import Networks
import Testing
import Worker

/// What becomes of mini-batches whose loss or gradients are infinite or not a number.
@Suite struct NonfiniteTests {
  private static let kinds = MethodList.all.map { $0.kind }

  private func run(
    _ kind: String, shards: Int = 1, _ change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> SmallRun {
    let method = try #require(MethodList.all.first { $0.kind == kind })
    return SmallRun(MethodChoice(method.init())) { run in
      run.execution.onNonfinite = .skip
      for place in run.modalities.indices { run.modalities[place].sharding.count = shards }
      change(&run)
    }
  }

  /// The first cycle of a run that leaves something out, by the counts of a worker.
  private func firstSkip(_ run: SmallRun) throws -> Int {
    let none = try run.train(0..<0)[1].first { $0.name == "skipped.nonfinite" }
    return try #require(
      try (0..<3).first { cycle in
        let found = try run.train(0..<cycle + 1)[1].first { $0.name == "skipped.nonfinite" }
        return found?.bits != none?.bits
      })
  }

  @Test(arguments: kinds, [1, 4]) func `to look for them changes no bit`(
    kind: String, shards: Int
  ) throws {
    for clip in [nil, 0.01] {
      func memory(_ policy: ExecutionOptions.NonfinitePolicy) throws -> SmallRun.Memory {
        try run(kind, shards: shards) {
          $0.execution.onNonfinite = policy
          for place in $0.modalities.indices { $0.modalities[place].optimizer.clipNorm = clip }
          $0.optimizer.clipNorm = clip
        }.train(0..<6)
      }
      #expect(SmallRun.differences(try memory(.skip), try memory(.stop)) == [])
    }
  }

  /// With a norm of batches, whose running statistics would be spoilt for ever.
  @Test(arguments: kinds, [(1, Float.nan), (1, 3e38), (4, .nan), (4, 3e38)])
  func `a mini-batch that is left out changes nothing`(
    kind: String, odd: (shards: Int, value: Float)
  ) throws {
    var cnn = CNNOptions()
    (cnn.channels, cnn.norm) = ([3], .batch)
    var run = try run(kind, shards: odd.shards) {
      $0.modalities[0].encoder = .cnn(cnn)
      // Alone, so that nobody else moves the head in the same cycle.
      if kind == "mla" { $0.modalities.removeLast() }
      $0.order = Array($0.modalities.indices)
    }
    run.sampleShapes[0] = [5, 8, 1]
    run.odd = [5: odd.value]
    let cycle = try firstSkip(run)
    let changes = Set(
      SmallRun.differences(try run.train(0..<cycle), try run.train(0..<cycle + 1)))
    let all: Set = ["skipped.nonfinite of rank 1", "skipped.nonfinite of rank 2"]
    switch kind {
    case "mla":
      // Which turn was the last to begin.
      #expect(
        changes.subtracting(["projection.progress of rank 0"]) == ["skipped.nonfinite of rank 1"])
    case "separate", "reconboost":
      #expect(changes.filter { $0.hasSuffix("rank 1") } == ["skipped.nonfinite of rank 1"])
    default: #expect(changes == all)
    }
    let end = try run.train(0..<12)
    // Counts, and sums in float64, whose halves may look like anything.
    let others: Set = [
      "skipped.nonfinite", "steps", "watch", "telemetry.sums", "seen", "head.known",
    ]
    let doubles: Set = ["tau", "head.history", "head.proto"]
    for (name, bits) in end.joined() where doubles.contains(name) {
      let values = bits.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
      #expect(values.allSatisfy { $0.isFinite }, "\(name)")
    }
    for (name, bits) in end.joined() where !others.contains(name) && !doubles.contains(name) {
      let isFinite = bits.withUnsafeBytes { bytes in
        bytes.count % 4 != 0 || bytes.bindMemory(to: Float.self).allSatisfy(\.isFinite)
      }
      #expect(isFinite || name.hasPrefix("projection"), "\(name)")
    }
  }

  @Test(arguments: kinds) func `a run that leaves some out goes on where it was`(kind: String)
    throws
  {
    var run = try run(kind)
    run.odd = [5: .nan]
    try run.expectResumable(after: 5)
  }

  @Test(arguments: kinds, [1, 4]) func `a run that stops names the samples`(
    kind: String, shards: Int
  ) throws {
    var run = try run(kind, shards: shards) { $0.execution.onNonfinite = .stop }
    run.odd = [5: .nan]
    let error = #expect(throws: NonfiniteBatch.self) { _ = try run.train(0..<3) }
    let sentence = try #require(error?.description)
    #expect(sentence.contains("(id '5') has nan as value 0 of its input"), "\(sentence)")
    #expect(error?.ids.count == 8 && error?.ids.contains("5") == true)
    #expect(sentence.contains("; the samples of the mini-batch are "))
  }

  @Test(arguments: kinds) func `too many in a row end the run all the same`(kind: String) throws {
    var run = try run(kind) { $0.epochs = 60 }
    run.odd = Dictionary(uniqueKeysWithValues: (0..<24).map { ($0, .nan) })
    let error = #expect(throws: WorkerError.self) { _ = try run.train(0..<180) }
    #expect(
      error?.description.hasPrefix(
        "execution.on_nonfinite: skip would leave out 101 mini-batches in a row, which is too many to go on; the last: "
      ) == true)
  }
}
