import Networks
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import Exchange
@testable import Worker

@Suite struct ReplicaStepTests {
  private let network = ReplicaNetwork()
  private let steps = 3

  private static let lies = [
    Lie(nodes: 1, locals: 1), Lie(nodes: 1, locals: 2), Lie(nodes: 2, locals: 1),
    Lie(nodes: 1, locals: 3), Lie(nodes: 3, locals: 1), Lie(nodes: 1, locals: 4),
    Lie(nodes: 2, locals: 2), Lie(nodes: 4, locals: 1),
  ]

  private static let optimizers: [(name: String, options: OptimizerOptions)] = {
    var (sgd, nesterov, adam, adamw) = (
      OptimizerOptions(), OptimizerOptions(), OptimizerOptions(), OptimizerOptions()
    )
    nesterov.isNesterov = true
    nesterov.decayExemption = .vectors
    adam.kind = .adam
    adamw.kind = .adamw
    adamw.decayExemption = .vectors
    adamw.weightDecay = 0.1
    return [("sgd", sgd), ("nesterov", nesterov), ("adam", adam), ("adamw", adamw)]
  }()

  /// What one replica ends with.
  private struct Result: Sendable {
    var values: [Float]
    var states: [[Float]]
    var norms: [Double?]
    var spoilt: Range<Int>?
  }

  /// Steps of replicas, each of which hands on the baton after each layer where `mixes`.
  private func run(
    _ lie: Lie, _ options: OptimizerOptions, mixes: Bool = false,
    change: @Sendable @escaping (_ step: Int, _ place: Int, inout [Float]) -> Void = { _, _, _ in }
  ) throws -> [Result] {
    let results = Mutex([Int: Result]())
    try OneProcess.run(ranks: lie.count + 1, deadline: .seconds(60)) { [network, steps] endpoint in
      guard endpoint.worldRank > 0 else { return }
      let step = try network.step(lie, options, endpoint)
      let (group, store) = (step.group, step.store)
      #expect(group.grid.nodeCount == lie.nodes && group.grid.localCount == lie.locals)
      var norms: [Double?] = []
      for number in 0..<steps {
        try step.begin(learningRate: 0.01)
        var gradients = network.gradients(
          step: number, place: group.place, count: store.moving.count)
        change(number, group.place, &gradients)
        for layer in Array(store.movingLayers).reversed() {
          let first = layer.lowerBound - store.moving.lowerBound
          store.gradients(of: layer).update(from: Array(gradients[first..<first + layer.count]))
          try step.complete(layer)
          if mixes { try group.meet(for: "a layer") }
        }
        _ = try step.finish()
        norms.append(step.norm)
      }
      try step.settle()
      try step.collectStates()
      let states = step.optimizer.state.compactMap { $0.values(of: Float.self) }
      results.withLock {
        $0[group.place] = Result(
          values: store.values.array, states: states, norms: norms, spoilt: step.spoilt)
      }
    }
    return results.withLock { found in (0..<lie.count).compactMap { found[$0] } }
  }

  /// The same by one rank alone, along the sums.
  private func expected(
    _ count: Int, _ options: OptimizerOptions, see: ([Float]) -> Void = { _ in }
  ) throws -> (values: [Float], states: [[Float]]) {
    let store = network.store()
    network.draw(store)
    let optimizer = Optimizer(options, for: store)
    let alone = OwnStep(optimizer, for: store, sumsChunks: true)
    for step in 0..<steps {
      let sum = treeSum(
        (0..<count).map { network.gradients(step: step, place: $0, count: store.moving.count) })
      see(sum)
      store.gradients.update(from: sum)
      alone.begin(learningRate: 0.01)
      _ = alone.finish()
    }
    return (store.values.array, optimizer.state.compactMap { $0.values(of: Float.self) })
  }

  @Test(arguments: lies, optimizers.indices)
  func `values move as by one optimizer along the tree's sum`(lie: Lie, rule: Int) throws {
    let options = Self.optimizers[rule].options
    let results = try run(lie, options, mixes: rule % 2 == 1)
    let (values, states) = try expected(lie.count, options)
    #expect(results.count == lie.count)
    for result in results { #expect(result.values == values) }
    #expect(results[0].states == states)
    #expect(results.allSatisfy { $0.norms.allSatisfy { $0 == nil } && $0.spoilt == nil })
  }

  @Test(arguments: lies) func `clipping knows the norm of the sum`(lie: Lie) throws {
    var options = OptimizerOptions()
    options.clipNorm = 100
    let results = try run(lie, options)
    var norms: [Double] = []
    let (values, states) = try expected(lie.count, options) { sum in
      norms.append(sum.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
    }
    #expect(norms.contains { $0 > 100 })
    for result in results {
      #expect(result.values == values)
      expectClose(result.norms.compactMap(\.self), norms, relative: 1e-12)
    }
    #expect(results[0].states == states)
  }

  @Test(arguments: lies)
  func `whoever sees a gradient that is not finite says where`(lie: Lie) throws {
    let place = 15_000
    let results = try run(
      lie, OptimizerOptions(),
      change: { step, replica, gradients in
        if step == 2, replica == lie.count - 1 { gradients[place] = .nan }
      })
    let found = results.compactMap(\.spoilt)
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { $0 == place + 500..<place + 501 })
    if lie.nodes == 1 { #expect(found.count == lie.count) }
  }
}
