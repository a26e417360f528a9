import Configuration

/// The runs of an experiment, and where they are kept.
public struct ExperimentPlan: Sendable {
  /// What is asked for.
  public let description: ExperimentDescription
  /// The experiment's folder, absolute.
  public let folder: String
  /// The runs: every point with the first seed, then with the second, so that what is there when an experiment
  /// is cut off can be compared.
  public let runs: [ExperimentRun]

  /// The plan of an experiment in a folder.
  public init(_ description: ExperimentDescription, folder: String) {
    self.description = description
    self.folder = folder
    runs = description.seeds.flatMap { seed in
      var seen: Set<String> = []
      return description.points.filter { seen.insert($0.folder).inserted }.map { point in
        ExperimentRun(
          point: point.folder, name: point.name, seed: seed,
          configuration: description.configuration(of: point, seed: seed),
          directory: Self.directory(folder, point.folder, seed))
      }
    }
  }

  /// The folder of a point's run with a seed.
  public func directory(of point: ExperimentPoint, seed: UInt64) -> String {
    Self.directory(folder, point.folder, seed)
  }

  private static func directory(_ folder: String, _ point: String, _ seed: UInt64) -> String {
    "\(folder)/runs/\(point)/seed-\(seed)"
  }
}

/// One run of an experiment.
public struct ExperimentRun: Sendable {
  /// The folder of all runs of its point.
  public let point: String
  /// What tables call the point.
  public let name: String
  /// The seed.
  public let seed: UInt64
  /// All that decides it.
  public let configuration: RunConfiguration
  /// Its folder, absolute.
  public let directory: String

  /// What people call it.
  public var title: String { "\(name) · seed \(seed)" }
}
