import Configuration
import Coordinator
import Datasets
import Methods
import Tensors
import Testing
import Worker

@Suite struct MemoryNeedsTests {
  private var run: RunConfiguration {
    RunConfiguration(
      classes: ["no", "yes"],
      modalities: ["x", "y"].map {
        ModalityConfiguration(name: $0, source: .synthetic(.init()), encoder: .mlp(.init()))
      })
  }

  @Test func `a projector of 65536 features is more than most machines have`() {
    var run = run
    run.features = 65_536
    let needs = run.coordinatorMemory(training: 1_000_000)
    // A float64 matrix, and 3/8 of its rows again; and a copy of the matrix.
    #expect(needs.byteCount > 76 << 30)
    let problem = needs.problem(available: 24 << 30, room: nil)
    #expect(
      problem
        == "needs 76.0 GiB of memory, 44.0 GiB of it for the projector of head gradient modification, but only 24.0 GiB can be had here; lower features, or set hgm.enabled: false"
    )
    #expect(needs.problem(available: 80 << 30, room: nil) == nil)
    // As long as it may be a sum of outer products, there is no matrix.
    #expect(run.coordinatorMemory(training: 1000).byteCount < 13 << 30)
    run.hgm.isEnabled = false
    // What measures turns has room for some more heads.
    #expect(run.coordinatorMemory(training: 1_000_000).byteCount < 9 << 20)
    run.execution.telemetryEvery = 0
    #expect(run.coordinatorMemory(training: 1_000_000).byteCount < 6 << 20)
    run.hgm.isEnabled = true
    run.method = MethodChoice(SeparateTraining())
    #expect(run.coordinatorMemory(training: 1_000_000).byteCount < 6 << 20)
    run.method = MethodChoice(AlternatingAdaptation())
    run.hgm.memory = .others
    #expect(run.coordinatorMemory(training: 1_000_000).byteCount > 152 << 30)
  }

  @Test func `sizes beyond all memory are refused, not counted around`() {
    var run = run
    run.features = 65_536
    run.classes = Array(repeating: "", count: 1_000_000)
    let needs = run.coordinatorMemory(evaluating: Int(Int32.max) * 1000)
    #expect(needs.byteCount == .max)
    #expect(needs.problem(available: 1 << 50, room: nil) != nil)
  }

  @Test func `a process that may map less than is to come is refused with its limit`() throws {
    let needs = MemoryNeeds(parts: [
      .init("the samples", byteCount: 3 << 30, "use fewer", isHeld: true),
      .init("the head", byteCount: 1 << 30, "lower features"),
    ])
    #expect(needs.problem(available: 5 << 30, room: 1 << 30) == nil)
    #expect(
      needs.problem(available: 3 << 30, room: nil)?.contains("needs 4.0 GiB of memory") == true)
    let sentence = try #require(needs.problem(available: 5 << 30, room: 1 << 29))
    #expect(sentence.hasPrefix("needs 1.0 GiB more memory, 1.0 GiB of it for the head, but "))
    #expect(
      sentence.hasSuffix(", which leaves it 512.0 MiB; raise the limit, or lower features"))
  }

  @Test func `ranks of one host are added up`() {
    let needs = [(name: "modality a", byteCount: 2 << 30), ("coordinator", 1 << 30)]
    #expect(MemoryNeeds.problem(ofHost: "h", needs, available: 3 << 30) == nil)
    #expect(
      MemoryNeeds.problem(ofHost: "h", needs, available: 2 << 30)
        == "the ranks on host h need 3.0 GiB of memory together (modality a 2.0 GiB, coordinator 1.0 GiB), but only 2.0 GiB can be had there; use more hosts, smaller encoders, or fewer features"
    )
  }

  @Test func `a pass never has more samples than there are, whatever the batch size`() {
    var run = run
    run.batchSize = 1_000_000
    run.evaluation.batchSize = 1_000_000
    #expect(run.batchCapacity(own: 1500, largest: 1500, evaluated: 300) == 1500)
    #expect(run.batchCapacity(own: 10, largest: 1500, evaluated: 300) == 300)
    #expect(run.batchCapacity(own: 0, largest: 0, evaluated: 0) == 1)
    // With sampling of their own the others start over within a mini-batch.
    run.sampling = .own
    #expect(run.batchCapacity(own: 10, largest: 1500, evaluated: 300) == 1500)
    // As it was before: whole mini-batches, and evaluation in passes of the same size.
    run.sampling = .shared
    run.batchSize = 64
    #expect(run.batchCapacity(own: 40, largest: 1500, evaluated: 1000) == 64)
    #expect(run.batchCapacity(own: 1500, largest: 1500, evaluated: 10) == 64)
  }

  @Test func `a worker's memory grows with its samples and its encoder, not with batch_size`()
    throws
  {
    struct Samples: SampleSource {
      let ids: [String]
      let labels: [Int]
      let sampleShape: Shape = [10]
      func read(_ index: Int, into destination: inout MutableSpan<Float>) {}
    }
    func needs(_ count: Int, _ change: (inout RunConfiguration) -> Void) throws -> Int {
      let source = Samples(
        ids: Array(repeating: "", count: count), labels: Array(repeating: 0, count: count))
      var run = run
      change(&run)
      return try run.workerMemory(of: 0, data: ModalityData(train: source, test: source)).byteCount
    }
    let exact = try needs(100) { $0.batchSize = 100 }
    #expect(try needs(100) { $0.batchSize = 1_000_000 } == exact)
    #expect(try needs(100) { $0.evaluation.batchSize = 1_000_000 } > exact / 2)
    #expect(try needs(100) { $0.batchSize = 10 } < exact)
    #expect(try needs(100) { $0.features = 10_000 } > exact + 64 * 10_000 * 4)
    // Samples of both splits, and the logits of those that are evaluated.
    #expect(
      try needs(10_000) { $0.batchSize = 100 } >= exact + 2 * 9900 * 10 * 4 + 9900 * 2 * 4)
  }
}
