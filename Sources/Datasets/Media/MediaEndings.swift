/// The usual endings of files of a kind, in small letters: what tells files apart that lie in one folder. What a file
/// is, its content says.
public struct MediaEndings: Sendable, Equatable {
  /// Pictures.
  public static let pictures = MediaEndings("jpg", "jpeg", "png", "webp")
  /// Sounds.
  public static let sounds = MediaEndings(
    "wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au")

  private let endings: Set<String>

  private init(_ endings: String...) { self.endings = Set(endings) }

  /// Whether a file of such a name is of the kind.
  public func fit(_ name: String) -> Bool {
    name.lastIndex(of: ".").map { endings.contains(name[$0...].dropFirst().lowercased()) } ?? false
  }
}
