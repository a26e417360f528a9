import Exchange
import MPI
import Networks
import Tensors

/// Where the replicas of a node have the arrays of the network that they train together: its values and what
/// its optimizer remembers once, and the gradients of each.
///
/// Where they can have no memory together, each has all of it for itself, and they exchange messages.
public final class ReplicaMemory {
  /// How replicas lie on nodes as far as this memory goes.
  public let grid: ReplicaGrid
  /// What values are exchanged together.
  let plan: ReplicaPlan
  /// The values, all of them.
  let values: Buffer<Float>
  /// The gradients of the values that move, of each replica of the node.
  let gradients: [Buffer<Float>]
  /// Each array that the optimizer remembers.
  let states: [Buffer<Float>]
  /// The squares of the chunks' gradients, for clipping; the same as floats, two for each.
  let squares: Buffer<Double>
  let squareWords: Buffer<Float>
  /// How far each replica of the node is.
  let progress: ReplicaProgress
  private let local: Int

  /// Memory for networks like that of `store`, moved by an optimizer with these options. All replicas of the
  /// group call this at the same time; why they share none says the group's `notice`.
  public convenience init(
    _ group: ReplicaGroup, like store: ParameterStore, options: OptimizerOptions
  ) throws {
    try self.init(
      group, like: store, options: options, plan: ReplicaPlan(layers: store.movingLayers))
  }

  init(
    _ group: ReplicaGroup, like store: ParameterStore, options: OptimizerOptions, plan: ReplicaPlan
  ) throws {
    self.plan = plan
    var sizes: [Int] = []
    MemoryPlan().counting {
      _ = Optimizer(
        options, for: store,
        memory: ParameterMemory(states: {
          sizes.append($0)
          return Buffer($0)
        }))
    }
    let counts = Counts(
      values: store.count, gradients: store.moving.count, states: sizes, chunks: plan.chunkCount)
    if let memory = try group.share(counts.byteCount(localCount: group.grid.localCount)) {
      grid = group.grid
      (values, gradients, states, squares, squareWords, progress) = counts.lay(
        out: memory, localCount: grid.localCount)
    } else {
      grid = ReplicaGrid(apart: group.count)
      let memory = SharedMemory(ofProcess: counts.byteCount(localCount: 1))
      (values, gradients, states, squares, squareWords, progress) = counts.lay(
        out: memory, localCount: 1)
    }
    local = grid.local(of: group.place)
  }

  /// The memory for this replica's encoder and its optimizer. Replicas of a node have the same values: each
  /// may draw them, and nobody may change them before all have.
  public var parameters: ParameterMemory {
    var given = 0
    return ParameterMemory(
      values: { [values] count in
        precondition(count == values.count, "another network")
        return values
      },
      gradients: { [gradients = gradients[local]] count in
        precondition(count == gradients.count, "replicas keep all gradients")
        return gradients
      },
      states: { [states] count in
        defer { given += 1 }
        precondition(given < states.count && count == states[given].count, "another optimizer")
        return states[given]
      })
  }

  /// The bytes that the replicas of a node take together.
  public static func byteCount(
    values: Int, moving: Int, stateCount: Int, localCount: Int
  ) -> Int {
    Counts(
      values: values, gradients: moving, states: Array(repeating: moving, count: stateCount),
      chunks: moving / ReplicaPlan.chunk
    ).byteCount(localCount: localCount)
  }
}

/// The sizes of the arrays, in the order in which they lie.
private struct Counts {
  var values: Int
  var gradients: Int
  var states: [Int]
  var chunks: Int

  private static func bytes(_ floats: Int) -> Int { (4 * floats + 4095) & ~4095 }

  func byteCount(localCount: Int) -> Int {
    let arrays = [values] + states + Array(repeating: gradients, count: localCount) + [2 * chunks]
    return arrays.reduce(0) { $0 + Self.bytes($1) } + ReplicaProgress.byteCount(localCount)
  }

  func lay(
    out memory: SharedMemory, localCount: Int
  ) -> (
    Buffer<Float>, [Buffer<Float>], [Buffer<Float>], Buffer<Double>, Buffer<Float>, ReplicaProgress
  ) {
    var place = 0
    func next(_ count: Int) -> Buffer<Float> {
      defer { place += Self.bytes(count) }
      return memory.values(Float.self, at: place, count: count)
    }
    let values = next(self.values)
    let gradients = (0..<localCount).map { _ in next(self.gradients) }
    let states = self.states.map { next($0) }
    let squares = memory.values(Double.self, at: place, count: chunks)
    let words = next(2 * chunks)
    let progress = ReplicaProgress(memory, at: place, localCount)
    return (values, gradients, states, squares, words, progress)
  }
}
