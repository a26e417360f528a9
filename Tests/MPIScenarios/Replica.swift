import Exchange
import Glibc
import Networks
import Tensors
import Worker

/// A replica of a network that is nothing but parameters, and the one rank whose steps it must equal.
final class Replica {
  let group: ReplicaGroup
  let memory: ReplicaMemory
  let step: ReplicaStep
  let store: ParameterStore
  /// The values as they must be between steps.
  private(set) var expected: Buffer<Float>

  private let alone: ParameterStore
  private let optimizer: Optimizer
  private let noise: Buffer<Float>
  private var number = 0

  /// Two layers are buckets of their own, and what all ranks move of them is several messages.
  private static let sizes = [300_000, 100, 280_000, 5_000]

  /// A replica of the group of `ranks`; all of them make theirs.
  init(_ scene: Scene, _ ranks: [Int], mostOnNode most: Int = .max, clips: Bool = false) throws {
    var options = OptimizerOptions()
    options.kind = .adamw
    options.clipNorm = clips ? 10 : nil
    func store(_ memory: ParameterMemory) -> ParameterStore {
      let layers = Self.sizes.map { [Parameter("w", [$0], .normal(deviation: 0.1))] }
      return ParameterStore(layers: layers, gradients: .whole, memory: memory)
    }
    func drawn(_ store: ParameterStore) -> ParameterStore {
      var generator = SeededGenerator(seed: 1, stream: "values")
      store.initialise(from: &generator)
      return store
    }
    group = try ReplicaGroup(ranks, endpoint: scene.endpoint, mostOnNode: most)
    memory = try ReplicaMemory(
      group, like: MemoryPlan().counting { store(.own) }, options: options)
    self.store = drawn(store(memory.parameters))
    step = try ReplicaStep(
      group, memory, store: self.store,
      optimizer: Optimizer(options, for: self.store, memory: memory.parameters))
    alone = drawn(store(.own))
    optimizer = Optimizer(options, for: alone)
    expected = Buffer(alone.values.array)
    noise = Buffer(alone.count + 1000)
    var generator = SeededGenerator(seed: 2, stream: "noise")
    generator.fill(noise, deviation: 1)
  }

  /// The gradients that a replica finds in this step.
  private func gradients(_ place: Int) -> Buffer<Float> {
    let first = (number * 37 + place * 101) % 1000
    return noise[first..<first + store.count]
  }

  /// A step; before a layer's gradients are complete `work` is done, and all ranks must have left its values
  /// alone.
  func take(work: (_ layer: Int) throws -> Void = { _ in }) throws {
    step.turn = number + 1
    try step.begin(learningRate: 0.01)
    let own = gradients(group.place)
    for (index, layer) in store.layerRanges.enumerated().reversed() {
      try work(index)
      guard same(store.values[layer], expected[layer]) else {
        throw ScenarioError("rank \(group.ranks[group.place]): layer \(index) moved too early")
      }
      store.gradients(of: layer).update(from: own[layer])
      try step.complete(layer)
    }
    guard try step.finish() == nil else { throw ScenarioError("a gradient is not finite") }
    FixedSums.tree(
      (0..<group.count).map { gradients($0) }, at: 0..<store.count, into: alone.gradients)
    let steps = OwnStep(optimizer, for: alone, sumsChunks: true)
    steps.begin(learningRate: 0.01)
    _ = steps.finish()
    expected.update(from: alone.values)
    number += 1
  }

  /// Waits for the end of the last step, and looks at its values.
  func settle() throws {
    try step.settle()
    guard same(store.values, expected) else {
      throw ScenarioError("rank \(group.ranks[group.place]): other values after step \(number)")
    }
  }

  private func same(_ a: Buffer<Float>, _ b: Buffer<Float>) -> Bool {
    a.withSpan { a in
      b.withSpan { b in
        a.bytes.withUnsafeBytes { a in
          b.bytes.withUnsafeBytes { b in
            guard let first = a.baseAddress, let second = b.baseAddress else { return true }
            return a.count == b.count && memcmp(first, second, a.count) == 0
          }
        }
      }
    }
  }
}
