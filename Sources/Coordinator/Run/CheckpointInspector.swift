import Configuration
import Exchange
import Storage

/// Looks whether the parts of a checkpoint are what was written, each rank at its own.
public struct CheckpointInspector {
  private let endpoint: Endpoint
  private let leaders: [Int]
  private let runDirectory: String

  /// An inspector of the checkpoints below a run's folder, with the ranks of the run.
  public init(_ configuration: RunConfiguration, endpoint: Endpoint, runDirectory: String) {
    self.endpoint = endpoint
    self.runDirectory = runDirectory
    leaders = RankLayout(ranksPerModality: configuration.modalities.map(\.ranks)).leaders
  }

  /// What is wrong with a checkpoint; empty: nothing.
  ///
  /// - Parameters:
  ///   - absent: the names of modalities whose parts cannot be looked at.
  ///   - kept: the run's checkpoints; what dead jobs left of others goes, on every host.
  public func problems(
    of manifest: CheckpointManifest, in folder: String, absent: [String], keeping kept: [String]
  ) throws -> [String] {
    guard manifest.parts.count == leaders.count + 1 else {
      return [
        "it has the parts of \(manifest.parts.count) ranks, but the run has \(leaders.count + 1)"
      ]
    }
    CheckpointFolder.sweep(runDirectory, keeping: kept)
    let present = zip(leaders, manifest.parts.dropFirst()).filter { !absent.contains($1.role) }
    // Those who have a part look while the coordinator does.
    for (leader, part) in present {
      let assigned = Assignment.Part(
        runDirectory: runDirectory,
        folder: part.folder.isEmpty ? folder : part.folder, part: CheckpointPart(files: part.files),
        checkpoints: kept)
      try endpoint.send(Assignment.inspect(assigned), to: leader)
    }
    var problems: [String] = []
    do {
      for file in manifest.parts[0].files { try file.check(in: "\(runDirectory)/\(folder)") }
    } catch let error as FileError {
      problems.append(error.description)
    }
    for (leader, part) in present {
      let found = try endpoint.receive(Inspection(), from: leader)
      if !found.problem.isEmpty { problems.append("modality \(part.role): \(found.problem)") }
    }
    return problems
  }
}
