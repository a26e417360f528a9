import Glibc
import Networks
import Tensors

/// The four encoders that `transformer_baseline.py` trains, too.
enum TransformerCase: String, CaseIterable {
  case image, text, mlp
  case smallMLP = "small-mlp"

  var architecture: EncoderArchitecture {
    switch self {
    case .image, .text:
      var options = TransformerOptions()
      (options.size, options.positions) = (.base, .learned)
      if self == .text { (options.input, options.vocabulary) = (.text, 10_000) }
      return .transformer(options)
    case .mlp, .smallMLP:
      var options = MLPOptions()
      options.hidden = [self == .mlp ? 512 : 64]
      return .mlp(options)
    }
  }
  var batch: Int { self == .mlp ? 64 : self == .smallMLP ? 32 : 8 }
  var features: Int { self == .mlp ? 512 : self == .smallMLP ? 64 : 768 }
  var inputShape: Shape {
    switch self {
    case .image: [224, 224, 3]
    case .text: [128]
    case .mlp: [300]
    case .smallMLP: [74]
    }
  }
}

/// One full training step of an encoder under a linear head: forward, loss, backward, SGD with
/// momentum.
final class TrainingStep {
  private let encoder: Encoder
  private let head: Head
  private let optimizers: [Optimizer]
  private let input: Tensor
  private let labels: [Int32]
  private let logits: Tensor
  private let gradient: Tensor
  private let featureGradient: Tensor

  init(_ subject: TransformerCase) throws {
    var generator = SeededGenerator(seed: 1, stream: "bench")
    let batch = subject.batch
    encoder = try subject.architecture.makeEncoder(
      inputShape: subject.inputShape, features: subject.features, capacity: batch,
      generator: &generator)
    head = Head(classCount: 10, featureCount: subject.features, generator: &generator)
    var options = OptimizerOptions()
    options.learningRate = 1e-3
    optimizers = [Optimizer(options, for: encoder.store), Optimizer(options, for: head.store)]
    input = Tensor(subject.inputShape, capacity: batch)
    for index in 0..<input.elementCount {
      input.values[index] =
        subject == .text
        ? Float(1 + generator.integer(below: 9_999)) : Float(generator.normal())
    }
    labels = (0..<batch).map { Int32($0 % 10) }
    logits = Tensor([10], capacity: batch)
    gradient = Tensor([10], capacity: batch)
    featureGradient = Tensor([subject.features], capacity: batch)
  }

  /// The loss of the mini-batch before the step.
  func callAsFunction() -> Double {
    let features = encoder.forward(input, mode: .training)
    head.logits(features, into: logits)
    let loss = SoftmaxCrossEntropy.evaluate(
      logits: logits, labels: labels, total: labels.count, gradient: gradient)
    head.gradient(logitGradient: gradient, features: features)
    head.featureGradient(logitGradient: gradient, into: featureGradient)
    encoder.backward(featureGradient)
    for optimizer in optimizers { optimizer.step(learningRate: 1e-3) }
    return loss.lossSum
  }
}

/// Seconds since some moment, or seconds of processor time.
func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The largest memory of this process so far, in MiB.
func peakMiB() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return Double(usage.ru_maxrss) / 1_024
}

/// `TransformerBench CASE [STEPS] [--serve]`: one JSON line for a measurement of so many steps; with
/// `--serve`, one for every line that comes in, so that two programs can take turns.
@main struct TransformerBench {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().filter { $0 != "--serve" }
    guard let name = arguments.first, let subject = TransformerCase(rawValue: name) else {
      print("usage: TransformerBench image|text|mlp|small-mlp [STEPS] [--serve]")
      return
    }
    let steps = arguments.dropFirst().first.flatMap { Int($0) } ?? 3
    let step = try TrainingStep(subject)
    func measure() {
      var (times, cpu): ([Double], [Double]) = ([], [])
      var loss = 0.0
      for _ in 0..<steps {
        let (start, cpuStart) = (now(), now(CLOCK_PROCESS_CPUTIME_ID))
        loss = step()
        times.append(now() - start)
        cpu.append(now(CLOCK_PROCESS_CPUTIME_ID) - cpuStart)
      }
      times.sort()
      cpu.sort()
      print(
        "{\"case\": \"\(name)\", \"median\": \(times[steps / 2]), \"fastest\": \(times[0]),"
          + " \"cpu\": \(cpu[steps / 2]), \"peak_mib\": \(peakMiB()), \"loss\": \(loss),"
          + " \"core\": \"\(BLAS.coreName)\"}")
      fflush(nil)
    }
    _ = step()
    guard CommandLine.arguments.contains("--serve") else { return measure() }
    while readLine() != nil { measure() }
  }
}
