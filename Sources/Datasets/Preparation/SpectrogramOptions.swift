/// Options of log-spectrograms: `[bands, frames, 1]`. What is nil follows from `kind`.
public struct SpectrogramOptions: Sendable, Equatable {
  /// What the rows are.
  public enum Kind: String, Sendable, CaseIterable {
    /// `ln(|STFT| + 1e-7)`, rows are the bins 0 … window/2.
    case logMagnitude = "log_spectrogram"
    /// `ln(max(mel power, 1e-10))`, rows are mel bands (Slaney's scale and norm, librosa's default).
    case logMel = "log_mel"
    /// Kaldi's log-mel filter banks, as torchaudio's `kaldi.fbank` makes them for AST and CAV-MAE.
    case fbank
  }

  /// What the rows are.
  public var kind = Kind.logMel
  /// The length of the Hann window, in samples; nil: 400, or 25 ms for `fbank`.
  public var window: Int?
  /// The step between frames, in samples; nil: 160, or 10 ms for `fbank`.
  public var hop: Int?
  /// The number of mel bands; nil: 64, or 128 for `fbank`.
  public var bands: Int?
  /// The lowest frequency of the first band, in hertz; nil: 0, or 20 for `fbank`.
  public var lowestHertz: Double?
  /// The highest frequency of the last band, in hertz; nil: half the sampling rate.
  public var highestHertz: Double?
  /// Whether half a window of zeros stands at both ends, so that frame t is centred on t * hop; nil:
  /// yes, but for `fbank`, which has no such form.
  public var isCentred: Bool?
  /// The number of frames that a spectrogram is cut to, or padded to with frames of zeros; nil: as
  /// many as a clip makes.
  public var frames: Int?
  /// Numbers that are subtracted and divided by, padding included; nil: none.
  public var normalisation: FixedNormalisation?
  /// Training only: every value receives a number uniform in `[0, 1)`, times one such number a
  /// sample, times this.
  public var jitter = 0.0
  /// Training only: the frames move round by up to so many, either way.
  public var roll = 0

  /// The defaults.
  public init() {}

  /// `window`, or what stands for nil.
  public func windowLength(sampleRateHertz: Int) -> Int {
    window ?? (kind == .fbank ? sampleRateHertz * 25 / 1000 : 400)
  }

  /// `lowestHertz`, or what stands for nil.
  public var settledLowestHertz: Double { lowestHertz ?? (kind == .fbank ? 20 : 0) }

  /// `isCentred`, or what stands for nil.
  public var isSettledCentred: Bool { isCentred ?? (kind != .fbank) }
}

/// A mean and a deviation that are known beforehand: `(x - mean) / deviation`.
public struct FixedNormalisation: Sendable, Equatable {
  /// What is subtracted.
  public var mean: Double
  /// What is divided by, above 0.
  public var deviation: Double

  /// Those of CAV-MAE on AudioSet: `(x + 5.081) / 4.4849`.
  public static let cavmae = FixedNormalisation(mean: -5.081, deviation: 4.4849)
  /// Those of OGM-GE and BalanceBenchmark on Kinetics-Sounds: `(x + 4.503877) / (2 * 5.141276)`.
  public static let kinetics = FixedNormalisation(mean: -4.503877, deviation: 2 * 5.141276)

  /// Two numbers.
  public init(mean: Double, deviation: Double) {
    self.mean = mean
    self.deviation = deviation
  }
}
