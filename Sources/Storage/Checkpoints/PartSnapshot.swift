import Tensors

/// One rank's part of a checkpoint, as it was at a cut: training goes on while it is written.
///
/// It holds copies that nobody else has, so any thread may write them.
public struct PartSnapshot: @unchecked Sendable {
  /// A file of the part.
  private struct File {
    let name: String
    let states: [NamedState]
    let metadata: [String: String]
    let isSealed: Bool
  }

  private var files: [File] = []

  /// A part without files.
  public init() {}

  /// Adds a file with copies of the values that `states` have now.
  ///
  /// - Parameter isSealed: whether the file carries the hash of its tensors, as those of a model do.
  public mutating func add(
    _ name: String, _ states: [NamedState], metadata: [String: String] = [:], isSealed: Bool = false
  ) {
    files.append(
      File(name: name, states: states.map { $0.copy() }, metadata: metadata, isSealed: isSealed))
  }

  /// Writes the files to a folder that is there.
  public func write(to folder: String) throws -> [CheckpointFile] {
    try files.map { file in
      let seal = file.isSealed ? try WeightsSeal.metadata(of: file.states) : [:]
      return try CheckpointFile(
        writing: file.states, metadata: file.metadata.merging(seal) { $1 }, to: folder,
        named: file.name)
    }
  }
}
