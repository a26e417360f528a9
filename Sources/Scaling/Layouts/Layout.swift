/// One way to lay a run over ranks, which is tried several times.
public struct Layout: Sendable, Equatable {
  /// What is scaled.
  public enum Kind: String, Sendable, Codable {
    /// The number of modalities, each with a rank of its own: more work for more ranks.
    case weak
    /// The ranks of one modality: the same work for more ranks.
    case strong
  }

  /// What is scaled.
  public let kind: Kind
  /// The number of modalities, or of ranks of the one.
  public let count: Int

  /// A layout.
  public init(_ kind: Kind, _ count: Int) { (self.kind, self.count) = (kind, count) }

  /// The layout in a word that files can have: `weak-4`.
  public var name: String { "\(kind.rawValue)-\(count)" }
  /// The layout for people.
  public var title: String {
    switch kind {
    case .weak: count == 1 ? "1 modality" : "\(count) modalities"
    case .strong: count == 1 ? "1 rank" : "\(count) ranks"
    }
  }
}
