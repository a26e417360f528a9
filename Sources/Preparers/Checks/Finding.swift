/// What was found of one medium of one sample.
enum Finding: Equatable {
  /// A file or a folder of pictures, as the set's folder names it.
  case path(String, cut: Cut?)
  case text(String)
  /// Nothing is where it should be; the first place that was looked at, if there is one.
  case missing(String?)
  case broken(Fault)
}

/// A file that is there and of no use.
public struct Fault: Equatable, Sendable {
  /// What may be wrong with it; reports count these.
  public enum Kind: String, Sendable, CaseIterable {
    /// It has no bytes, or a folder of frames has no pictures.
    case empty
    /// git-lfs has left its note in place of the data.
    case pointer = "git-lfs pointer"
    /// It ends before its content does.
    case truncated
    /// It is shorter than a window of sound.
    case short = "too short"
    /// It is something else, or cannot be read.
    case unreadable
  }

  /// What is wrong.
  public let kind: Kind
  /// The file.
  public let path: String
  /// What is wrong with it, in words.
  public let problem: String
}
