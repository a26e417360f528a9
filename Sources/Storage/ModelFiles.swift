import Glibc

/// The names of the files that hold a model's weights, below a run's folder.
///
/// Each save has a folder of its own and is complete once `model.json` names it, so that a job that
/// ends in the middle of a save leaves the one before it whole.
public enum ModelFiles {
  /// The file of the shared head, or of what the coordinator holds in its place.
  public static let head = "head.safetensors"

  /// The folder of the weights after so many epochs, below the run's: `weights/epoch-0012`.
  public static func folder(epochs: Int) -> String {
    let digits = String(epochs)
    return "weights/epoch-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The file of a modality's encoder.
  public static func encoder(of modality: String) -> String {
    "encoder.\(modality).safetensors"
  }

  /// Creates a folder and those above it; one that is there already is fine.
  public static func createFolder(_ path: String) throws {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += prefix.isEmpty || prefix == "/" ? part : "/" + part
      guard mkdir(prefix, 0o777) != 0, errno != EEXIST else { continue }
      throw StorageError(path, "the folder cannot be made: \(String(cString: strerror(errno)))")
    }
  }

  /// Removes a superseded folder of weights. What cannot be removed is left; it harms nobody.
  public static func removeFolder(_ path: String) {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".safetensors") { unlink("\(path)/\(name)") }
    }
    closedir(folder)
    rmdir(path)
  }
}
