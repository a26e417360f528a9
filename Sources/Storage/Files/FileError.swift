import Glibc

/// A file, or what was read out of one, that cannot be used, or a file that cannot be written: one
/// sentence that names it, what was found, what was expected and what to do.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// The file, with `:line` where a line is to blame; or the option or the sample that is meant.
  public let place: String
  /// What was found, what was expected, and what to do about it.
  public let problem: String
  /// Whether there is no file at `place`, at least on this host.
  public let isOfMissingFile: Bool
  /// The system's number for the reason; 0 where the system has nothing to do with it.
  let code: Int32

  /// The whole sentence, on one line whatever the file's name or its content.
  public var description: String { "\(shownPlace): \(problem.onOneLine())" }

  /// A path as it is, but for one that only a broken file can have, escapes making it longer still.
  private var shownPlace: String {
    let scalars = place.onOneLine().unicodeScalars
    guard scalars.count > 4200 else { return String(scalars) }
    return "\(String(scalars.prefix(2000)))…\(String(scalars.suffix(2000)))"
  }
}

extension FileError {
  /// A problem with what is at `place`.
  public init(_ place: String, _ problem: String, isOfMissingFile: Bool = false) {
    self.init(place: place, problem: problem, isOfMissingFile: isOfMissingFile, code: 0)
  }

  /// A system call that failed with `code` while the program was `doing` something.
  public static func system(_ place: String, _ doing: String, _ code: Int32) -> FileError {
    FileError(
      place: place, problem: "\(doing): \(reason(code))", isOfMissingFile: false, code: code)
  }

  /// The system's words for one of its numbers: `No such file or directory`.
  public static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
