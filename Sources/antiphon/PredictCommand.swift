import ArgumentParser
import Configuration
import MPI
import Prediction
import Runs
import Tensors

/// `antiphon predict`.
struct PredictCommand: RankCommand {
  static func usage(_ program: String) -> CommandConfiguration {
    Usage.command(
      "predict", of: program, "What a saved model says of samples that nobody has labelled.",
      example: "predict runs/first --data image=photos --top 5 --output predictions.csv")
  }

  @OptionGroup var options: PredictOptions
  @OptionGroup var dryRun: DryRunOption

  func run() throws {
    guard options.isInOneProcess, !dryRun.isAsked else { return try runOnRanks() }
    // No rank is needed, and no MPI: one sample takes no longer than its model needs to load.
    let model = try options.load()
    let task = try options.task(of: model)
    Threads.count = model.configuration.execution.threads ?? MPIWorld.coreCount
    try BLAS.reserve(threads: Threads.count)
    try task.run()
  }

  func work() throws -> RankWork {
    let model = try options.load()
    let task = try options.task(of: model)
    return RankWork(model.configuration, inOneProcess: false) { job in
      try task.run(on: job.endpoint, host: job.host)
    }
  }
}
