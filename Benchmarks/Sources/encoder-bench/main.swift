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
Machine.refuseDebugBuild(of: "encoder-bench")
// OpenBLAS looks at this when it is loaded, so that only a new start gets rid of it.
if getenv("OPENBLAS_CORETYPE") != nil {
  unsetenv("OPENBLAS_CORETYPE")
  execv("/proc/self/exe", CommandLine.unsafeArgv)
}
Threads.count = command.threads
Products.current = command.products
do {
  let step = try TrainingStep(command.subject)
  switch command.action {
  case .step: StepBenchmark(step, command).run()
  case .layers: LayerBenchmark(step, command).run()
  case .help: break
  }
} catch {
  Machine.complain("encoder-bench: \(error)")
  exit(70)
}
