import Configuration
import Coordinator
import Datasets
import Methods
import Tensors
import Testing
import Worker

/// What methods take between mini-batches is planned with all else.
@Suite struct MethodMemoryTests {
  private struct Samples: SampleSource {
    let ids: [String]
    let labels: [Int]
    let sampleShape: Shape = [10]
    func read(_ index: Int, into destination: inout MutableSpan<Float>) {}
  }

  private func run(_ method: any TrainingMethod) -> RunConfiguration {
    var run = RunConfiguration(
      classes: ["a", "b", "c"],
      modalities: ["x", "y"].map {
        ModalityConfiguration(name: $0, source: .synthetic(.init()), encoder: .mlp(.init()))
      })
    run.method = MethodChoice(method)
    return run
  }

  /// What a worker with so many training samples needs.
  private func needs(_ method: any TrainingMethod, _ count: Int) throws -> MemoryNeeds {
    func samples(_ count: Int) -> Samples {
      Samples(ids: Array(repeating: "", count: count), labels: Array(repeating: 0, count: count))
    }
    return try run(method).workerMemory(
      of: 0, data: ModalityData(train: samples(count), test: samples(10)))
  }

  /// What a sample more takes, beyond what it takes in joint training.
  private func eachSample(_ method: any TrainingMethod) throws -> Int {
    let counts = try [method, JointConcatenation()].map {
      try needs($0, 12_800).byteCount - needs($0, 6400).byteCount
    }
    return (counts[0] - counts[1]) / 6400
  }

  @Test func `the features that are clustered, in single and in double precision`() throws {
    // 64 features.
    #expect(try eachSample(Relearning()) == 64 * 12)
  }

  @Test func `the weights of samples, and what another modality says of them`() throws {
    var method = ReconBoost()
    #expect(try eachSample(method) == 8)
    method.agreement = 0.5
    #expect(try eachSample(method) == 8 + 3 * 4)
  }

  @Test func `the coordinator's part of a model is counted by what it holds`() {
    func count(_ method: any TrainingMethod) -> Int { run(method).coordinatorParameterCount }
    #expect(count(AlternatingAdaptation()) == 3 * 65)
    #expect(count(SeparateTraining()) == 0)
    #expect(count(JointConcatenation()) == 3)
    var boost = ReconBoost()
    #expect(count(boost) == 1)
    boost.heads = .shared
    #expect(count(boost) == 3 * 65 + 1)
    // A scale and a shift of each feature of the other, and a classifier.
    #expect(count(FilmTraining()) == 2 * 64 + 3 * 65)
  }

  @Test func `the copy that a trial goes back to, and the logits of its losses`() throws {
    var method = GradientBlending()
    func parts(_ needs: MemoryNeeds) -> [String: Int] {
      Dictionary(needs.parts.map { ($0.name, $0.byteCount) }) { $0 + $1 }
    }
    let trial = parts(try needs(method, 100))
    let copy = try #require(trial["the copy that a checkpoint is written from"])
    // All of it but the blend, which is the coordinator's.
    #expect(trial["what the method tries out or looks at between mini-batches"] == copy)
    let sums = "what the method looks at between mini-batches"
    #expect(parts(run(method).coordinatorMemory(training: 1000))[sums] == 1000 * 3 * 4)
    method.weights = [0.2, 0.3, 0.5]
    let given = parts(try needs(method, 100))
    #expect(given["what the method tries out or looks at between mini-batches"] == 0)
    #expect(parts(run(method).coordinatorMemory(training: 1000))[sums] == 0)
  }
}
