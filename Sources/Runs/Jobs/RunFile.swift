import Glibc
import Storage

/// The file in which a run tells `./launch` what it must know when nobody is left to say it: a line with
/// the run's folder, `lost NAME` for a modality whose rank is gone, and `said` once people have heard what is kept of it.
enum RunFile {
  /// The variable of the environment that has its path. Without it, nobody asks.
  static let variable = "ANTIPHON_RUN_FILE"

  /// Says which folder the run has, unless a run that this one is part of has said it.
  static func announce(_ directory: RunDirectory) {
    write(directory.path, flags: O_CREAT | O_EXCL)
  }

  /// Says which modality's rank was lost, where the run could go on without it.
  static func lost(_ modality: String) { write("lost \(modality)", flags: O_APPEND) }

  /// Says that people have heard what is kept.
  static func markSaid() { write("said", flags: O_APPEND) }

  /// A file that cannot be written, as on another host than that of `./launch`, is no fault of the run.
  private static func write(_ line: String, flags: Int32) {
    guard let path = getenv(variable) else { return }
    let file = open(path, O_WRONLY | O_CLOEXEC | flags, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    _ = Descriptors.write(line + "\n", to: file)
  }
}
