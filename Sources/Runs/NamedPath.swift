import Storage

/// A path as somebody gave it on the command line.
public enum NamedPath {
  /// Throws where `path` is most likely not what was meant; `what` is the option or argument.
  public static func check(_ path: String, of what: String) throws {
    guard !path.isEmpty else {
      throw RunError.noPath(
        what: what, found: path, problem: "expected a path; is a variable of the shell not set?")
    }
    guard !path.hasShellTilde() else {
      throw RunError.noPath(
        what: what, found: path,
        problem: "expected a path; the shell replaces '~' only where a word begins with it, "
          + "outside of quotes, so leave the '=' out or write the folder out")
    }
  }
}
