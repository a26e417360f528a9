import Storage

/// What a rank wrote of a checkpoint.
public struct CheckpointPart: Sendable, Equatable {
  /// The files.
  public var files: [CheckpointFile]
  /// Why the part is not on disk; empty: it is.
  public var problem: String

  /// Some files, or a problem.
  public init(files: [CheckpointFile] = [], problem: String = "") {
    (self.files, self.problem) = (files, problem)
  }
}

extension CheckpointPart: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.checkpoint

  /// What went wrong, then the files.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&problem)
    try layoutFiles(fields)
  }

  /// The files: their names, sizes and hashes.
  mutating func layoutFiles(_ fields: Fields) throws {
    var (names, counts, hashes) = (
      files.map(\.name), files.map(\.byteCount), files.map(\.sha256)
    )
    try fields.field(&names)
    try fields.field(&counts)
    try fields.field(&hashes)
    try fields.require(names.count == counts.count && names.count == hashes.count)
    files = zip(names, zip(counts, hashes)).map {
      CheckpointFile(name: $0, byteCount: $1.0, sha256: $1.1)
    }
  }
}

/// Whether a rank's part of a checkpoint is whole.
public struct Inspection: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.inspection

  /// What is wrong with it; empty: nothing.
  public var problem: String

  /// What an inspection found.
  public init(problem: String = "") { self.problem = problem }

  /// The problem.
  public mutating func layout(_ fields: Fields) throws { try fields.field(&problem) }
}
