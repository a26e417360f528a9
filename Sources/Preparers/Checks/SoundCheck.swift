import Datasets
import Storage

/// Looks at the header of a sound file, and at whether its end is there.
enum SoundCheck {
  /// Throws where the file at `path` holds no sound that can be trained on. Films are looked at as films:
  /// that they have sound, only decoding tells.
  static func check(_ path: String) throws {
    let beginning = try InputFile.open(path).beginning(12)
    guard VideoCheck.container(of: beginning) == nil else { return try VideoCheck.check(path) }
    let sound = try SoundFile(path)
    guard let frames = sound.frameCount else { return }
    // One window of Kaldi's filter banks: a shorter sound has no frame of them.
    let window = sound.sampleRateHertz / 40
    guard frames >= window else {
      throw BrokenMedium(
        .short,
        "has \(counted(frames, "sample")), fewer than the \(window) of one window of 25 ms")
    }
  }
}
