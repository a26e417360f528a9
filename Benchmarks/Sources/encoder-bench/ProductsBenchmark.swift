import Measuring
import Tensors

/// Whole training steps with both kinds of products, which take turns in one process: what equal bits
/// on every processor cost.
struct ProductsBenchmark {
  private let step: TrainingStep
  private let rounds: Int

  init(_ step: TrainingStep, _ command: Command) {
    self.step = step
    rounds = command.steps ?? max(5, step.subject.steps.measured)
  }

  /// Prints a line: the fastest step of each, and the median of the ratios of neighbours.
  func run() {
    for _ in 0..<step.subject.steps.before { _ = (seconds(.openblas), seconds(.portable)) }
    let pairs = (0..<rounds).map { _ in (seconds(.openblas), seconds(.portable)) }
    let (openblas, portable) = (Times(pairs.map(\.0)), Times(pairs.map(\.1)))
    let ratios = Times(pairs.map { $1 / $0 })
    print(
      "  \(step.subject.rawValue): openblas (\(BLAS.coreName)) \(decimals(openblas.fastest * 1e3, 3)) ms,"
        + " portable (\(Lanes.current.rawValue)) \(decimals(portable.fastest * 1e3, 3)) ms;"
        + " portable takes \(decimals(portable.fastest / openblas.fastest, 3)) of openblas's time"
        + " (median of \(rounds) pairs: \(decimals(ratios.median, 3))), load \(Machine.load)")
  }

  private func seconds(_ products: Products) -> Double {
    Products.current = products
    let start = now()
    step()
    return now() - start
  }
}
