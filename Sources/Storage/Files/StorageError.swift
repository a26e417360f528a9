import Glibc

/// A file that cannot be written or believed: one sentence that names it, what was found and what
/// was expected.
public struct StorageError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let place: String
  /// What was found, what was expected, and what to do about it.
  public let problem: String
  /// The system's number for the reason; 0 where the system has nothing to do with it.
  let code: Int32

  /// A problem with the file at `place`.
  public init(_ place: String, _ problem: String) {
    self.init(place, problem, code: 0)
  }

  private init(_ place: String, _ problem: String, code: Int32) {
    self.place = place
    self.problem = problem
    self.code = code
  }

  /// The whole sentence.
  public var description: String { "\(place): \(problem)" }

  /// A system call that failed with `code` while the program was `doing` something.
  public static func system(_ place: String, _ doing: String, _ code: Int32) -> StorageError {
    StorageError(place, "\(doing): \(String(cString: strerror(code)))", code: code)
  }
}

/// A name out of a file as a message may show it: quoted, on one line, at most 80 characters.
func quoted(_ name: String) -> String {
  var shown = ""
  for scalar in name.unicodeScalars.prefix(80) {
    let isPlain = scalar.properties.generalCategory != .control && scalar != "\"" && scalar != "\\"
    shown += isPlain ? String(scalar) : scalar.escaped(asASCII: true)
  }
  return "\"\(shown)\(name.unicodeScalars.count > 80 ? "…" : "")\""
}
