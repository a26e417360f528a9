/// A configuration that cannot be used, in one sentence: where, which key, what was found, what was
/// expected and what to do about it.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The file as the user named it, or `--set path.to.key`.
  public let file: String
  /// The line in the file, from 1; nil where no line is to blame.
  public let line: Int?
  /// The key with all it stands in, such as `optimizer.lr`; empty for the file as a whole.
  public let key: String
  /// What was found, what was expected, and what to do.
  public let problem: String

  /// A problem with the value of `key`.
  public init(file: String, line: Int? = nil, key: String = "", problem: String) {
    self.file = file
    self.line = line
    self.key = key
    self.problem = problem
  }

  /// The whole sentence: `FILE:LINE: path.to.key: found X, expected Y`.
  public var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    let isNamedByPlace = key.isEmpty || file == "--set \(key)"
    return isNamedByPlace ? "\(place): \(problem)" : "\(place): \(key): \(problem)"
  }
}
