import Storage
import Tensors

/// What the options of a spectrogram come to at a sampling rate: every number settled and checked.
struct SpectrogramLayout {
  /// The longest window: its transform takes 268 MB.
  static let longestWindow = 8192
  /// The most floats that a clip's frames may take: 512 MB.
  static let mostFrameValues = 1 << 27

  let kind: SpectrogramOptions.Kind
  /// The window's length, in samples.
  let window: Int
  /// The samples that are transformed: the window, and for `fbank` zeros up to a power of two.
  let transform: Int
  /// The step between frames, in samples.
  let hop: Int
  /// The zeros before the first sample and after the last.
  let margin: Int
  /// The rows of the picture.
  let rows: Int
  /// The frames that the picture has; nil: as many as a clip makes.
  let frames: Int?
  let lowestHertz: Double
  let highestHertz: Double

  /// The frequencies of the transform.
  var binCount: Int { transform / 2 + 1 }

  /// Settles what is nil; throws where options do not fit together, by their keys in the configuration.
  init(_ options: SpectrogramOptions, sampleRateHertz: Int) throws {
    let isKaldi = options.kind == .fbank
    kind = options.kind
    window = options.windowLength(sampleRateHertz: sampleRateHertz)
    hop = options.hop ?? (isKaldi ? sampleRateHertz / 100 : 160)
    frames = options.frames
    guard (2...Self.longestWindow).contains(window) else {
      throw Self.problem("window", "is \(window) samples, expected 2 to \(Self.longestWindow)")
    }
    guard (1...SoundFile.mostFrames).contains(hop) else {
      throw Self.problem("hop", "is \(hop) samples, expected at least 1")
    }
    guard !isKaldi || options.isCentred != true else {
      throw Self.problem("centred", "is true, but fbank has no such form; leave the key out")
    }
    margin = options.isSettledCentred ? window / 2 : 0
    transform = isKaldi ? Self.powerOfTwo(from: window) : window
    let binCount = transform / 2 + 1
    rows = kind == .logMagnitude ? binCount : options.bands ?? (isKaldi ? 128 : 64)
    lowestHertz = options.settledLowestHertz
    let half = Double(sampleRateHertz) / 2
    highestHertz = options.highestHertz ?? half
    if kind == .logMagnitude { return }
    guard (1...binCount).contains(rows) else {
      throw Self.problem(
        "bands", "is \(rows), but a window of \(window) samples has \(binCount) frequencies")
    }
    // Written so that NaN fails, too.
    guard highestHertz > 0, highestHertz <= half else {
      throw Self.problem(
        "high", "is \(highestHertz) Hz, but \(sampleRateHertz) Hz sound ends at \(half)")
    }
    guard lowestHertz >= 0, lowestHertz < highestHertz else {
      throw Self.problem(
        "low", "is \(lowestHertz) Hz, expected 0 to below the highest, \(highestHertz)")
    }
  }

  /// The frames that so many samples make; 0: they are fewer than a window.
  func frameCount(samples: Int) -> Int {
    let whole = samples + 2 * margin
    return whole < window ? 0 : 1 + (whole - window) / hop
  }

  /// The samples that are seen in the first `frames` frames of a sound, however long it is.
  func sampleCount(frames: Int) -> Int? {
    elementCount([frames - 1, hop]).map { $0 + window - margin }
  }

  /// The shape of the pictures of clips of so many samples, `[rows, frames, 1]`.
  func shape(sampleCount: Int) throws -> Shape {
    let made = frameCount(samples: sampleCount)
    guard made > 0 else {
      throw Self.problem(
        "window",
        "is \(window) samples, but a clip has \(sampleCount); lengthen the clips"
          + (kind == .fbank
            ? " or shorten the window" : ", shorten the window, or set centred: true"))
    }
    guard min(made, frames ?? made) <= Self.mostFrameValues / window else {
      throw Self.problem(
        "hop",
        "is \(hop) samples, which makes \(made) frames of \(window) samples a clip; "
          + "raise it or shorten the clips")
    }
    let kept = frames ?? made
    guard kept > 0, kept <= Self.mostFrameValues / rows else {
      throw Self.problem("frames", "is \(kept), expected 1 to \(Self.mostFrameValues / rows)")
    }
    return [rows, kept, 1]
  }

  private static func problem(_ key: String, _ sentence: String) -> FileError {
    FileError("spectrogram.\(key)", sentence)
  }

  private static func powerOfTwo(from count: Int) -> Int {
    var power = 1
    while power < count { power *= 2 }
    return power
  }
}

extension SpectrogramOptions {
  /// The shape of a clip's spectrogram, `[bands, frames, 1]`; throws when the options do not fit
  /// together.
  ///
  /// The errors name the option by its key in the configuration.
  public func outputShape(sampleRateHertz: Int, sampleCount: Int) throws -> Shape {
    try SpectrogramLayout(self, sampleRateHertz: sampleRateHertz).shape(sampleCount: sampleCount)
  }
}

extension AudioOptions {
  /// The most samples of a file that a spectrogram is made of; throws where that is no number that
  /// can be read.
  public func sampleCount() throws -> Int {
    let rates = SoundFile.sampleRates
    guard rates.contains(sampleRateHertz) else {
      throw FileError(
        "sample_rate",
        "is \(sampleRateHertz) Hz, expected \(rates.lowerBound) to \(rates.upperBound)")
    }
    guard let seconds else {
      guard let frames = spectrogram.frames else {
        throw FileError("seconds", "is null, which needs the number of spectrogram.frames")
      }
      let layout = try SpectrogramLayout(spectrogram, sampleRateHertz: sampleRateHertz)
      guard frames > 0, let count = layout.sampleCount(frames: frames),
        (1...SoundFile.mostFrames).contains(count)
      else {
        throw FileError(
          "spectrogram.frames", "is \(frames), expected 1 to \(SoundFile.mostFrames) samples")
      }
      return count
    }
    return try samples(of: seconds, "seconds")
  }

  /// `seconds * sampleRateHertz` rounded, however many that is; nil where files keep their lengths.
  public var wantedSampleCount: Double? { seconds.map { ($0 * Double(sampleRateHertz)).rounded() } }

  /// The length in samples up to which sounds are repeated; nil: they are not.
  func tileSampleCount() throws -> Int? {
    try tileSeconds.map { try samples(of: $0, "tile") }
  }

  /// `seconds` in samples, rounded.
  private func samples(of seconds: Double, _ key: String) throws -> Int {
    let count = (seconds * Double(sampleRateHertz)).rounded()
    guard count >= 1, count <= Double(SoundFile.mostFrames) else {
      throw FileError(
        key, "is \(seconds), expected 1 to \(SoundFile.mostFrames) samples at \(sampleRateHertz) Hz"
      )
    }
    return Int(count)
  }
}
