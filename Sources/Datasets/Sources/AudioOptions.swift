/// Options of `audio`: sound files, brought to one length, then turned into a spectrogram.
public struct AudioOptions: Sendable, Equatable {
  /// CSV files with columns `id,label,path`, paths relative to the data root.
  public var train: [String] = []
  /// The same of the test samples; empty: there is no test split.
  public var test: [String] = []
  /// The sampling rate that the encoder sees, in hertz.
  public var sampleRateHertz = 16_000
  /// Whether other rates are converted (libsamplerate, best quality) or refused.
  public var resamples = false
  /// What several channels become.
  public var channels = ChannelMix.mean
  /// Whether samples beyond -1 and 1 are set to these, as decoded MP3 and Ogg have them.
  public var clips = false
  /// The length that every clip is cut or zero-padded to, in seconds; nil: files keep theirs, and
  /// their spectrograms are cut or padded to `spectrogram.frames`.
  public var seconds: Double? = 1.0
  /// The length up to which a shorter sound is repeated before anything is cut, in seconds; nil: none
  /// is repeated.
  public var tileSeconds: Double?
  /// Where a clip stands that is shorter or longer.
  public var alignment = Alignment.start
  /// The picture that the encoder sees.
  public var spectrogram = SpectrogramOptions()
  /// What is subtracted and divided by.
  public var standardise = Standardisation.global

  /// Where a clip of another length stands in the window.
  public enum Alignment: String, Sendable, CaseIterable {
    case start, centre
    /// Training hears another piece of a long clip each time, evaluation its middle; a short clip
    /// stands at the start.
    case random
  }

  /// The defaults, without files.
  public init() {}
}

/// What several channels of a sound become.
public enum ChannelMix: String, Sendable, CaseIterable {
  /// Their mean.
  case mean
  /// The first of them.
  case first
}
