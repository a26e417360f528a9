import Datasets
import Storage

/// A file that names the classes that are wanted, one a line.
public enum ClassList {
  /// The names in the file at `path`, in its order.
  public static func read(_ path: String) throws -> [String] {
    let lines = try TextLine.lines(of: InputFile.text(of: NamedFile.read(path), place: path))
    var names: [String] = []
    for line in lines {
      let name = String(line.text).trimmed
      guard !name.isEmpty else { continue }
      guard !names.contains(name) else {
        throw FileError(
          "\(path):\(line.number)", "the class '\(name.legible())' stands there twice")
      }
      names.append(name)
    }
    guard names.count > 1 else {
      throw FileError(path, "names \(counted(names.count, "class")), expected two or more")
    }
    return names
  }
}
