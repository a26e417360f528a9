/// Input that cannot be used: one sentence that names the file, what was found and what to do.
public struct DataError: Error, Equatable, CustomStringConvertible {
  /// The file, with `:line` where a line is to blame.
  public let place: String
  /// What was found, what was expected, and what to do about it.
  public let problem: String
  /// Whether there is no file at `place`, at least on this host.
  public let isOfMissingFile: Bool

  /// A problem with the input at `place`.
  public init(_ place: String, _ problem: String, isOfMissingFile: Bool = false) {
    self.place = place
    self.problem = problem
    self.isOfMissingFile = isOfMissingFile
  }

  /// The whole sentence.
  public var description: String { "\(place): \(problem)" }
}
