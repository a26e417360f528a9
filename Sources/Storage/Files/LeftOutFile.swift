/// A file that is listed and left out: its sample is without the modality.
public struct LeftOutFile: Sendable, Equatable {
  /// The sample's id.
  public let id: String
  /// The file.
  public let path: String
  /// What is the matter with it.
  public let problem: String

  /// A file with its problem.
  public init(id: String, path: String, problem: String) {
    self.id = id
    self.path = path
    self.problem = problem
  }
}
