import Datasets

extension DataOptions {
  /// What the file `groups` says, if there is one.
  public func loadGroups() throws -> GroupFile {
    guard let groups else { return GroupFile() }
    return try GroupFile(path: InputFile.resolve(groups, root: root))
  }
}
