import Configuration
import Foundation
import Runs
import Storage
import Tensors

/// Runs layouts as `./launch` starts jobs: with MPI, on the hosts that are named.
public final class LaunchedJobs: JobRunner {
  private let launch: String
  private let folder: String
  private let plan: ScalingPlan
  private let configuration: RunConfiguration
  private let clock = ProcessorClock()
  /// The modality that gets several ranks.
  public var scaled: String

  /// - Parameters:
  ///   - launch: the path of the script.
  ///   - folder: where configurations and what jobs say are kept.
  public init(
    launch: String, folder: String, plan: ScalingPlan, configuration: RunConfiguration
  ) throws {
    (self.launch, self.folder, self.plan, self.configuration) =
      (launch, folder, plan, configuration)
    scaled = plan.scaledModality ?? configuration.modalities.first?.name ?? ""
    try ModelFiles.createFolder(folder)
  }

  /// Runs a layout once.
  public func run(_ layout: Layout, round: Int) throws -> JobOutcome {
    try start(
      "\(layout.name)", round: round, configuration.laidOut(layout, plan, scaled: scaled),
      overrides: layout.overrides(plan, scaled: scaled))
  }

  /// The modality whose rank works longest, found by a short job; where encoders are all alike, the first.
  public func findHeaviest() throws {
    guard plan.scaledModality == nil, plan.standIns == nil, configuration.modalities.count > 1
    else { return }
    let all = configuration.laidOut(
      Layout(.weak, configuration.modalities.count), plan, scaled: scaled)
    guard case .ran(let report, _) = try start("all", round: 0, all, overrides: []) else { return }
    scaled = report.ranks.max { $0.useful < $1.useful }?.role ?? scaled
  }

  private func start(
    _ name: String, round: Int, _ configuration: RunConfiguration, overrides: [String]
  ) throws -> JobOutcome {
    let path = "\(folder)/\(name).yaml"
    try AtomicFile.write(Array(configuration.yaml.utf8), to: path)
    let (output, errors) = ("\(folder)/\(name)-\(round).json", "\(folder)/\(name)-\(round).txt")
    var words = [
      launch, "cycles", path, "--warm-up", "\(plan.warmUp)", "--count", "\(plan.cycles)",
    ]
    for override in overrides { words += ["--set", override] }
    if let hostFile = plan.hostFile { words += ["--hostfile", hostFile] }
    for option in plan.mpiOptions { words += ["--mpi", option] }
    let mark = clock.mark()
    let status = try Launched(words, output: output, errors: errors).wait()
    let foreign = clock.foreign(since: mark)
    guard status == 0 else {
      return .failed(Self.reason(errors, status), isRefusal: status == 64 || status == 65)
    }
    guard let text = FileManager.default.contents(atPath: output),
      let report = try? JSONDecoder().decode(LayoutReport.self, from: text)
    else { return .failed("the job told nothing; see \(errors)", isRefusal: false) }
    return .ran(report, foreign: foreign)
  }

  /// The first sentence that a job wrote to its standard error.
  private static func reason(_ path: String, _ status: Int32?) -> String {
    let text = FileManager.default.contents(atPath: path).map {
      String(decoding: $0, as: UTF8.self)
    }
    let ending = status.map { "status \($0)" } ?? "killed"
    let lines = (text ?? "").split(separator: "\n").map(String.init)
    let sentence =
      lines.first { $0.lowercased().contains("error") } ?? lines.last ?? "it said nothing"
    return "\(sentence.prefix(300)) (\(ending))"
  }
}
