import Glibc
import Measuring
import Tensors

// `encoder-bench step CASE` times training steps of an encoder, `encoder-bench layers CASE` shows
// where the time of one goes. `Benchmarks/encoders_torch.py` is PyTorch's side of the same cases.

let command: Command
do {
  command = try Command(Array(CommandLine.arguments.dropFirst()))
} catch {
  Machine.complain("encoder-bench: \(error)\n\n\(Command.usage)")
  exit(64)
}
if command.action == .help {
  print(Command.usage)
  exit(0)
}
if command.action == .widths {
  // Plain lanes are for processors that have no others.
  let widths = Lanes.available.filter { $0 != .plain || Lanes.available.count == 1 }
  print(widths.reversed().map(\.rawValue).joined(separator: " "))
  exit(0)
}
Machine.refuseDebugBuild(of: "encoder-bench")
// OpenBLAS looks at this when it is loaded, so that only a new start gets rid of it.
if getenv("OPENBLAS_CORETYPE") != nil {
  unsetenv("OPENBLAS_CORETYPE")
  execv("/proc/self/exe", CommandLine.unsafeArgv)
}
Threads.count = command.threads
Products.current = command.products
if command.action == .shapes {
  ShapeBenchmark.run(rounds: command.steps ?? 15)
  exit(0)
}
if command.action == .features {
  print(decimals(FeatureProducts.seconds(rounds: command.steps ?? 200), 9))
  exit(0)
}
do {
  let step = try TrainingStep(command.subject)
  switch command.action {
  case .step: StepBenchmark(step, command).run()
  case .layers: LayerBenchmark(step, command).run()
  case .shards: try ShardsBenchmark(step, command).run()
  case .products: ProductsBenchmark(step, command).run()
  case .shapes, .features, .widths, .help: break
  }
} catch {
  Machine.complain("encoder-bench: \(error)")
  exit(70)
}
