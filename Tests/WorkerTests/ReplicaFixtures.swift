import Networks
import Tensors

@testable import Exchange
@testable import Worker

/// A network whose layers are nothing but parameters: of odd sizes, one of several blocks, one that is
/// frozen.
struct ReplicaNetwork: Sendable {
  var frozen = 1
  static let sizes = [[500], [130, 3], [77, 9, 1], [19_000, 11], [6], [2_001]]

  func store(_ memory: ParameterMemory = .own) -> ParameterStore {
    let layers = Self.sizes.enumerated().map { layer, sizes in
      sizes.enumerated().map { index, size in
        Parameter("\(layer).\(index)", [size, 1], .normal(deviation: 0.1), decays: index == 0)
      }
    }
    return ParameterStore(
      layers: layers, gradients: .whole, frozen: frozen, rates: [1, 0.5, 0.5, 1, 2, 1],
      memory: memory)
  }

  /// A replica's step, of buckets and pieces of few values.
  func step(
    _ lie: Lie, _ options: OptimizerOptions, _ endpoint: Endpoint, sumsFirst: Bool = false
  ) throws -> ReplicaStep {
    let group = try ReplicaGroup(Array(1...lie.count), endpoint: endpoint, mostOnNode: lie.locals)
    let planned = MemoryPlan().counting { self.store() }
    let plan = ReplicaPlan(layers: planned.movingLayers, bucket: 1_000, piece: 3_000)
    let memory = try ReplicaMemory(group, like: planned, options: options, plan: plan)
    let store = self.store(memory.parameters)
    draw(store)
    return try ReplicaStep(
      group, memory, store: store,
      optimizer: Optimizer(options, for: store, memory: memory.parameters), sumsFirst: sumsFirst)
  }

  /// Draws the values that all replicas begin with.
  func draw(_ store: ParameterStore) {
    var generator = SeededGenerator(seed: 5, stream: "values")
    store.initialise(from: &generator)
  }

  /// The gradients that a replica finds in a step, for the values that move.
  func gradients(step: Int, place: Int, count: Int) -> [Float] {
    var generator = SeededGenerator(seed: UInt64(step), stream: "gradients/\(place)")
    let values = Buffer<Float>(count)
    generator.fill(values, deviation: Double(1 + place * place))
    return values.array
  }
}

/// The sum of arrays as a tree over their numbers, written as the definition has it.
func treeSum(_ arrays: [[Float]]) -> [Float] {
  var sums = arrays
  var distance = 1
  while distance < sums.count {
    var first = 0
    while first + distance < sums.count {
      for place in sums[first].indices { sums[first][place] += sums[first + distance][place] }
      first += 2 * distance
    }
    distance *= 2
  }
  return sums[0]
}

/// How replicas lie on nodes.
struct Lie: Sendable, CustomStringConvertible {
  var nodes: Int
  var locals: Int
  var count: Int { nodes * locals }
  var description: String { "\(nodes)x\(locals)" }
}
