import Measuring
import Networks
import Tensors

/// Where the time of a step goes: a table with a row for every part of every layer.
struct LayerBenchmark {
  private let step: TrainingStep
  private let threads: Int
  private let steps: Int

  init(_ step: TrainingStep, _ command: Command) {
    self.step = step
    threads = command.threads
    steps = command.steps ?? max(5, step.subject.steps.measured)
  }

  /// Whole steps and steps on the clock take turns, so that what disturbs one disturbs the other.
  func run() {
    for _ in 0..<step.subject.steps.before { step() }
    let clock = LayerClock(step)
    var whole: [Double] = []
    for _ in 0..<steps {
      let start = now()
      step()
      whole.append(now() - start)
      clock.measure()
    }
    let peakMiB = Machine.peakMiB
    show(clock, whole: Times(whole), peakMiB: peakMiB, sgemm: SgemmPeak.gflops())
  }

  private func show(_ clock: LayerClock, whole: Times, peakMiB: Double, sgemm: Double) {
    let head = LayerRow(
      layers: ("head, loss", "head, loss"), part: "",
      output: [step.subject.batch, EncoderCase.classes],
      count: 1,
      forward: Times(clock.head.forward).fastest, backward: Times(clock.head.backward).fastest,
      cost: step.headCost)
    let rows = LayerRow.joining(clock.rows) + [head]
    let optimizer = Times(clock.optimizer).fastest
    let table = LayerTable(sgemm: sgemm, step: whole.fastest)

    describe(sgemm: sgemm)
    printTable(
      LayerTable.header,
      rows.map(table.cells)
        + [
          table.cells(optimizer: optimizer, floats: step.optimizerFloats),
          table.totals(rows, optimizer: optimizer, optimizerFloats: step.optimizerFloats),
        ],
      numbersFrom: 3)
    let explained = rows.reduce(optimizer) { $0 + $1.forward + $1.backward }
    print(
      "  a whole step takes \(decimals(whole.fastest * 1e3, 3)) ms (median"
        + " \(decimals(whole.median * 1e3, 3))), of which the rows explain"
        + " \(decimals(100 * explained / whole.fastest, 1)) %; peak memory of the process"
        + " \(decimals(peakMiB, 0)) MiB")
  }

  private func describe(sgemm: Double) {
    print(
      """

      \(step.subject.rawValue): batch \(step.subject.batch) of \(step.subject.inputShape), \
      \(step.encoder.store.count) parameters, \(threads) thread\(threads == 1 ? "" : "s")
        \(Machine.processor), BLAS \(BLAS.coreName), load \(Machine.load); \
      sgemm of 1,024 x 1,024 in this run: \(decimals(sgemm, 0)) GFLOP/s
        ms: the fastest of \(steps) steps. GFLOP/s: nominal, two for each multiplication of the \
      definition. %: of that sgemm.
        moved: MiB on both ways, a counted lower bound: inputs, outputs and weights, each read or \
      written once.
        kept: MiB that stay from forward to backward. share: of the whole step. Equal layers \
      behind each other share a row of sums.

      """)
  }
}
