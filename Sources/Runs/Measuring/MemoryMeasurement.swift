import Networks
import Planning
import Tensors

/// What passes through memory, with several cores at once.
enum MemoryMeasurement {
  /// Floats of each array: 64 MiB, more than caches hold.
  private static let count = 16 << 20

  /// Bytes a second that `cores` cores read and write together, copying.
  static func bandwidth(cores: Int) -> Double {
    let (from, to) = (Buffer<Float>(count), Buffer<Float>(count))
    from.update(repeating: 1)
    return Threads.with(count: cores) {
      let taken = Stopwatch.measure {
        Threads.split(count, grain: 1 << 12) { part, _ in to[part].update(from: from[part]) }
      }
      return 2 * Double(count * MemoryLayout<Float>.stride) / taken.median
    }
  }

  /// Bytes of one rank's gradients a second that `ranks` cores sum and step together: each takes its
  /// slice of the gradients of all, block by block, and moves values and velocities along the sum.
  static func summing(ranks: Int) -> Double {
    let count = Self.count / 4
    let store = ParameterStore([Parameter("values", [count], .constant(0))])
    let optimizer = Optimizer(OptimizerOptions(), for: store)
    let others = (1..<ranks).map { _ in Buffer<Float>(count) }
    others.forEach { $0.update(repeating: 1e-3) }
    return Threads.with(count: ranks) {
      let taken = Stopwatch.measure {
        Threads.split(count, grain: 1 << 12) { part, _ in
          for other in others { store.gradients[part].add(other[part]) }
        }
        optimizer.step(learningRate: 0)
      }
      return Double(count * MemoryLayout<Float>.stride) / taken.median
    }
  }
}
