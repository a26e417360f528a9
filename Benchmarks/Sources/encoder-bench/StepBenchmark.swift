import Glibc
import Measuring
import Tensors

/// Times whole steps: one JSON line a measurement.
final class StepBenchmark {
  private let step: TrainingStep
  private let threads: Int
  private let steps: Int
  private let serves: Bool
  /// Taken before the matrices of sgemm add to it.
  private var peakMiB: Double?
  /// What the process had before its first step, the weights among it, and how old it was.
  private var (firstMiB, firstAge) = (0.0, 0.0)

  init(_ step: TrainingStep, _ command: Command) {
    self.step = step
    threads = command.threads
    steps = command.steps ?? step.subject.steps.measured
    serves = command.serves
  }

  func run() {
    (firstMiB, firstAge) = (Machine.residentMiB, Machine.age)
    for _ in 0..<step.subject.steps.before { step() }
    guard serves else { return measure() }
    while readLine() != nil { measure() }
  }

  private func measure() {
    var (clock, processor): ([Double], [Double]) = ([], [])
    var loss = 0.0
    for _ in 0..<steps {
      let (start, processorStart) = (now(), processorTime())
      loss = step()
      processor.append(processorTime() - processorStart)
      clock.append(now() - start)
    }
    precondition(loss.isFinite, "the loss is \(loss)")
    let peak = peakMiB ?? Machine.peakMiB
    peakMiB = peak
    let fields = [
      ("median_ms", decimals(Times(clock).median * 1e3, 4)),
      ("fastest_ms", decimals(Times(clock).fastest * 1e3, 4)),
      ("processor_ms", decimals(Times(processor).median * 1e3, 4)),
      ("peak_mib", decimals(peak, 1)), ("first_mib", decimals(firstMiB, 1)),
      ("first_ms", decimals(firstAge * 1e3, 0)),
      ("sgemm_gflops", decimals(SgemmPeak.gflops(), 1)),
      ("core", "\"\(BLAS.coreName)\""), ("lanes", "\"\(Lanes.current.rawValue)\""),
      ("products", "\"\(Products.current.rawValue)\""), ("threads", "\(threads)"),
      ("steps", "\(steps)"),
      ("loss", decimals(loss, 6)),
    ]
    let text = fields.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
    print("{\"program\": \"antiphon\", \"case\": \"\(step.subject.rawValue)\", \(text)}")
    fflush(nil)
  }
}
