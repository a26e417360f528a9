import Configuration
import Foundation
import Runs
import Storage

/// Starts runs as `./launch train` does.
public final class LaunchedRuns: RunStarter {
  private let launch: String
  private let folder: String
  /// What is said to `./launch` beside the run.
  private let words: [String]
  /// The threads of a run whose configuration names none.
  private let threads: Int?

  /// - Parameters:
  ///   - launch: the path of the script.
  ///   - folder: where configurations and what jobs say are kept.
  ///   - words: options of `./launch train`, such as `--one-process`.
  ///   - threads: the threads of a run whose configuration names none; nil: it decides.
  public init(launch: String, folder: String, words: [String], threads: Int?) {
    (self.launch, self.folder, self.words, self.threads) = (launch, folder, words, threads)
  }

  /// Starts a run, or goes on with one that was cut off.
  public func start(_ run: ExperimentRun, resuming: Bool) throws -> any StartedRun {
    try ModelFiles.createFolder(folder)
    let path = "\(folder)/\(run.point)-\(run.seed)"
    var words = [launch, "train"]
    if resuming {
      words += ["--resume", run.directory]
    } else {
      var configuration = run.configuration
      configuration.execution.threads = configuration.execution.threads ?? threads
      try AtomicFile.write(Array(configuration.yaml.utf8), to: "\(path).yaml")
      words += ["\(path).yaml", "--output", run.directory]
    }
    let launched = try Launched(
      words + self.words, output: "\(path).txt", errors: "\(path).errors.txt")
    return Job(
      launched: launched, errors: "\(path).errors.txt", metrics: "\(run.directory)/metrics.jsonl")
  }

  private struct Job: StartedRun {
    let launched: Launched
    let errors: String
    let metrics: String

    /// Whether an epoch was trained: then it was not the configuration that was refused.
    private var hasTrained: Bool {
      FileManager.default.contents(atPath: metrics)?.isEmpty == false
    }

    func poll() -> RunEnding? {
      switch launched.poll() {
      case nil: nil
      case .status(0)?: .over
      case .status(let status)?:
        .failed(
          reason("status \(status)"), isRefusal: (status == 64 || status == 65) && !hasTrained)
      case .killed?: .failed(reason("killed"), isRefusal: false)
      }
    }

    func ask() { launched.ask() }
    func end() { launched.end() }

    /// The first sentence that the job wrote to its standard error.
    private func reason(_ ending: String) -> String {
      let text = FileManager.default.contents(atPath: errors).map {
        String(decoding: $0, as: UTF8.self)
      }
      let lines = (text ?? "").split(separator: "\n").map(String.init)
      let sentence =
        lines.first { $0.contains("error") } ?? lines.first ?? "it said nothing"
      let words = sentence.replacing("antiphon: error: ", with: "").replacing("launch: ", with: "")
      return words.contains("(\(ending))")
        ? "\(words.prefix(300))" : "\(words.prefix(300)) (\(ending))"
    }
  }
}
