// Times training steps of one encoder: forward, loss, backward, gradient descent.
//
//   EncoderBench 16x3x224x224 [steps] [features]
//
// Shapes are samples x channels x height x width, as PyTorch's users write them. Prints one line:
// the median and the least seconds of processor time and of the clock for a step, the rate of
// OpenBLAS's sgemm in the same run, and the peak memory of the process. Processor time is what a
// step costs on one core even if the machine has other work.
import Glibc
import Networks
import Tensors

#if DEBUG
  #error("measure release builds: swift build -c release")
#endif

/// Seconds of one of the system's clocks.
func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// The middle value.
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// GFLOP/s of a product of square matrices of 1,024, the best of eight.
func sgemmRate() -> Double {
  let size = 1_024
  let (a, b) = (Tensor([size], capacity: size), Tensor([size], capacity: size))
  let c = Tensor([size], capacity: size)
  a.values.update(repeating: 1, count: size * size)
  b.values.update(repeating: 1, count: size * size)
  let times = (0..<8).map { _ in
    let start = seconds(CLOCK_PROCESS_CPUTIME_ID)
    BLAS.multiply(a.values, b.values, into: c.values, m: size, n: size, k: size)
    return seconds(CLOCK_PROCESS_CPUTIME_ID) - start
  }
  precondition(c.values[0] == Float(size))
  return 2e-9 * Double(size * size * size) / (times.min() ?? .infinity)
}

let arguments = CommandLine.arguments
let sides = (arguments.count > 1 ? arguments[1] : "").split(separator: "x").compactMap { Int($0) }
guard sides.count == 4, sides.allSatisfy({ $0 > 0 }) else {
  print("usage: EncoderBench SAMPLESxCHANNELSxHEIGHTxWIDTH [steps] [features]")
  exit(64)
}
let steps = arguments.count > 2 ? Int(arguments[2]) ?? 5 : 5
let width = arguments.count > 3 ? Int(arguments[3]) ?? 512 : 512
BLAS.threads = 1
let samples = sides[0]
let shape: Shape = [sides[2], sides[3], sides[1]]
var generator = SeededGenerator(seed: 0, stream: "bench")
let encoder = try EncoderArchitecture.resnet18(ResNetOptions()).makeEncoder(
  inputShape: shape, features: width, capacity: samples, generator: &generator)
let head = Head(classCount: 6, featureCount: width, generator: &generator)
let descent = SGD(count: encoder.store.count)
let batch = Tensor(shape, capacity: samples)
for index in 0..<batch.elementCount { batch.values[index] = Float(generator.normal()) }
let labels = (0..<samples).map { Int32($0 % 6) }
let logits = Tensor([6], capacity: samples)
let gradient = Tensor([6], capacity: samples)
let featureGradient = Tensor([width], capacity: samples)

var (processor, clock) = ([Double](), [Double]())
var phases = [[Double]](repeating: [], count: 3)
for step in 0..<steps + 2 {
  let (started, begun) = (seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC))
  let features = encoder.forward(batch, mode: .training)
  head.logits(features, into: logits)
  let forward = seconds(CLOCK_PROCESS_CPUTIME_ID)
  let loss = SoftmaxCrossEntropy.evaluate(
    logits: logits, labels: labels, total: samples, gradient: gradient)
  precondition(loss.lossSum.isFinite)
  head.gradient(logitGradient: gradient, features: features)
  head.featureGradient(logitGradient: gradient, into: featureGradient)
  encoder.backward(featureGradient)
  let backward = seconds(CLOCK_PROCESS_CPUTIME_ID)
  descent.step(
    encoder.store.values, along: encoder.store.gradients, learningRate: 1e-3, momentum: 0.9,
    weightDecay: 1e-4)
  let ended = seconds(CLOCK_PROCESS_CPUTIME_ID)
  guard step >= 2 else { continue }
  processor.append(ended - started)
  clock.append(seconds(CLOCK_MONOTONIC) - begun)
  for (index, time) in [forward - started, backward - forward, ended - backward].enumerated() {
    phases[index].append(time)
  }
}
var usage = rusage()
getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
func milliseconds(_ value: Double) -> Int { Int((value * 1e3).rounded()) }
print(
  "antiphon \(arguments[1]) cpu_ms \(milliseconds(median(processor)))",
  "min_ms \(milliseconds(processor.min() ?? 0)) wall_ms \(milliseconds(median(clock)))",
  "forward_ms \(milliseconds(median(phases[0]))) backward_ms \(milliseconds(median(phases[1])))",
  "descent_ms \(milliseconds(median(phases[2]))) sgemm_gflops \(Int(sgemmRate()))",
  "rss_mib \(usage.ru_maxrss / 1024)")
