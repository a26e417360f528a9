import Glibc
import Storage

/// Files that are taken for safetensors, and what to do about them.
enum ForeignFile {
  /// Refuses a file that is missing, or of another kind than safetensors that users give.
  static func refuse(_ path: String) throws {
    guard access(path, F_OK) == 0 || errno != ENOENT else {
      throw FileError(
        path,
        "no such file, expected weights as safetensors; relative paths start at data.root, on the host "
          + "of the modality", isOfMissingFile: true)
    }
    let file = try ReadableFile(path) {
      FileError.reading(path, $0, other: "is a folder or a device, expected a safetensors file")
    }
    let start = try file.beginning(64)
    if start.starts(with: "version https://git-lfs.github.com/spec/v1".utf8) {
      throw FileError(
        path, "is a git-lfs pointer, not the weights; fetch them with 'git lfs pull'")
    }
    // A zip archive, or a pickle of protocol 2 and later: what torch.save writes and wrote.
    let isPickle = start.count > 1 && start[0] == 0x80 && (2...5).contains(start[1])
    guard !start.starts(with: "PK\u{3}\u{4}".utf8), !isPickle else {
      throw FileError(
        path,
        "is a file of torch.save, which is a program as much as data; convert it to safetensors, as "
          + "docs/pretrained.md says")
    }
  }
}
