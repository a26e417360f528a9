import Storage
import Tensors

extension SpectrogramOptions {
  /// The longest window: its transform takes 268 MB.
  static let longestWindow = 8192
  /// The most floats that a clip's frames may take: 512 MB.
  static let mostFrameValues = 1 << 27

  /// The shape of a clip's spectrogram, `[bands, frames, 1]`; throws when the options do not fit
  /// together.
  ///
  /// The errors name the option by its key in the configuration.
  public func outputShape(sampleRateHertz: Int, sampleCount: Int) throws -> Shape {
    func problem(_ key: String, _ sentence: String) -> FileError {
      FileError("spectrogram.\(key)", sentence)
    }
    guard (2...Self.longestWindow).contains(window) else {
      throw problem("window", "is \(window) samples, expected 2 to \(Self.longestWindow)")
    }
    guard (1...SoundFile.mostFrames).contains(hop) else {
      throw problem("hop", "is \(hop) samples, expected at least 1")
    }
    guard isCentred || sampleCount >= window else {
      throw problem(
        "window",
        "is \(window) samples, but a clip has \(sampleCount); "
          + "lengthen the clips, shorten the window, or set centred: true")
    }
    let margins = isCentred ? 2 * (window / 2) : 0
    let frameCount = 1 + (sampleCount + margins - window) / hop
    guard frameCount <= Self.mostFrameValues / window else {
      throw problem(
        "hop",
        "is \(hop) samples, which makes \(frameCount) frames of \(window) samples a clip; "
          + "raise it or shorten the clips")
    }
    if kind == .logMagnitude { return [window / 2 + 1, frameCount, 1] }
    guard (1...window / 2 + 1).contains(bands) else {
      throw problem(
        "bands", "is \(bands), but a window of \(window) samples has \(window / 2 + 1) frequencies")
    }
    let half = Double(sampleRateHertz) / 2
    let highest = highestHertz ?? half
    // Written so that NaN fails, too.
    guard highest > 0, highest <= half else {
      throw problem("high", "is \(highest) Hz, but \(sampleRateHertz) Hz sound ends at \(half)")
    }
    guard lowestHertz >= 0, lowestHertz < highest else {
      throw problem("low", "is \(lowestHertz) Hz, expected 0 to below the highest, \(highest)")
    }
    return [bands, frameCount, 1]
  }
}

extension AudioOptions {
  /// `seconds * sampleRateHertz` rounded, however many that is.
  public var wantedSampleCount: Double { (seconds * Double(sampleRateHertz)).rounded() }

  /// The length of every clip in samples; throws where it is none that can be read.
  public func sampleCount() throws -> Int {
    guard SoundFile.sampleRates.contains(sampleRateHertz) else {
      throw FileError(
        "sample_rate",
        "is \(sampleRateHertz) Hz, expected \(SoundFile.sampleRates.lowerBound) to "
          + "\(SoundFile.sampleRates.upperBound)")
    }
    let count = wantedSampleCount
    guard count >= 1, count <= Double(SoundFile.mostFrames) else {
      throw FileError(
        "seconds",
        "is \(seconds), expected 1 to \(SoundFile.mostFrames) samples at \(sampleRateHertz) Hz")
    }
    return Int(count)
  }
}
