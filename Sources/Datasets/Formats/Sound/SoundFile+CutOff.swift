import Glibc

extension SoundFile {
  /// Whether the file at `path` ends before the sound that its header promises: a download or a copy that
  /// was cut off. False where that cannot be told.
  public static func isCutOff(_ path: String) -> Bool {
    guard let descriptor = try? InputFile.open(path).descriptorToGiveAway() else { return false }
    defer { close(descriptor) }
    return SoundExtent(descriptor: descriptor)?.isCutOff(frameByteCount: 1) ?? false
  }
}
