import Datasets

/// The keys of `kind: audio`.
enum AudioSchema {
  static let variant = Variant(
    "audio", aliases: ["wav"], audio, initial: AudioOptions(), wrap: SourceOptions.audio,
    unwrap: { if case .audio(let options) = $0 { options } else { nil } },
    "One sound file a sample, turned into a spectrogram: WAV, AIFF, FLAC, Ogg Vorbis, Opus, MP3 and "
      + "what else libsndfile reads, told by content, and, through the program ffmpeg, the sound of "
      + "videos. Several channels become their mean. `wav` is another name of this kind. "
      + "`docs/data-sound.md` has the formulas.")

  private static let audio = Section<AudioOptions>(
    fields: [
      Field(
        "train", \.train, .paths(1...64), isRequired: true,
        "CSV files with columns `id,label,path`, paths relative to `data.root`; or folders with a folder "
          + "for each class"),
      Field("test", \.test, .paths(0...64), "the same for test samples; `[]`: there are none"),
      Field(
        "sample_rate", \.sampleRateHertz, .whole(1_000...384_000),
        "the sampling rate that the encoder sees, in hertz"),
      Field(
        "resample", \.resamples, .toggle, "whether files of other rates are converted or refused"),
      Field("channels", \.channels, .choice, "what several channels become"),
      Field("clip", \.clips, .toggle, "whether samples beyond -1 and 1 become -1 and 1"),
      Field(
        "seconds", \.seconds, Codec<Double>.number(above: 0, to: 600).orNull,
        "the length that every clip is cut or padded to; null: files keep theirs, and spectrograms have "
          + "`spectrogram.frames`"),
      Field(
        "tile", \.tileSeconds, Codec<Double>.number(above: 0, to: 600).orNull,
        "a shorter sound is repeated until it has so many seconds, before anything is cut; null: it is "
          + "not"),
      Field(
        "align", \.alignment, .choice,
        "where a clip of another length stands in that window; `random`: training hears another piece of "
          + "a longer one each time, evaluation its middle"),
      Field("standardise", \.standardise, .choice, SourceSchema.standardise),
      Field("spectrogram", \.spectrogram, spectrogram, "the picture that the encoder sees"),
    ], check: check)

  private static let spectrogram = Section<SpectrogramOptions>(fields: [
    Field(
      "kind", \.kind, .choice,
      "what rows are: the transform's frequencies, librosa's mel bands, or Kaldi's"),
    Field(
      "window", \.window, Codec<Int>.whole(2...65_536).orNull,
      "the length of the Hann window, in samples; null: 400, or 25 ms for `fbank`"),
    Field(
      "hop", \.hop, Codec<Int>.count(to: 65_536).orNull,
      "the step between frames, in samples; null: 160, or 10 ms for `fbank`"),
    Field(
      "bands", \.bands, Codec<Int>.count(to: 1_024).orNull,
      "the number of mel bands; null: 64, or 128 for `fbank`"),
    Field(
      "low", \.lowestHertz, Codec<Double>.number(from: 0, to: 192_000, .single).orNull,
      "the lowest frequency of the first band, in hertz; null: 0, or 20 for `fbank`"),
    Field(
      "high", \.highestHertz, Codec<Double>.number(above: 0, to: 192_000, .single).orNull,
      "the highest frequency of the last band, in hertz; null: half the sampling rate"),
    Field(
      "centred", \.isCentred, Codec<Bool>.toggle.orNull,
      "whether half a window of zeros stands at both ends, so that frame t is centred on t * hop; null: "
        + "yes, but never for `fbank`"),
    Field(
      "frames", \.frames, Codec<Int>.count(to: 1_000_000).orNull,
      "the number of frames that a spectrogram is cut to, or padded to with zeros; null: as many as a "
        + "clip makes"),
    Field(
      "normalise", \.normalisation, normalisation.orNull,
      "fixed numbers, padding included: `cavmae` (x + 5.081) / 4.4849, `kinetics` (x + 4.503877) / "
        + "(2 * 5.141276), or your own; needs standardise: none"),
    Field(
      "jitter", \.jitter, .number(from: 0, to: 1_000, .single),
      "training only: noise uniform from 0 to this, times a number uniform from 0 to 1 a sample"),
    Field(
      "roll", \.roll, .whole(0...1_000_000),
      "training only: frames move round by up to so many, either way"),
  ])

  private static let named: [(name: String, value: FixedNormalisation)] = [
    ("cavmae", .cavmae), ("kinetics", .kinetics),
  ]

  private static let normalisation = Codec<FixedNormalisation>(
    expected: "cavmae, kinetics, or {mean: …, deviation: …}", names: named.map(\.name),
    shape: .either(.names(named.map(\.name)), numbers.shape(nil)),
    parse: { node, scope in
      if let text = node.text { return named.first { $0.name == text }?.value }
      guard case .mapping = node.content else { return nil }
      var value = FixedNormalisation(mean: 0, deviation: 1)
      try numbers.read(node, into: &value, scope)
      return value
    },
    write: { value, _ in
      named.first { $0.value == value }?.name
        ?? "{mean: \(value.mean.brief), deviation: \(value.deviation.brief)}"
    })

  private static let numbers = Section<FixedNormalisation>(fields: [
    Field("mean", \.mean, .number(from: -1e6, to: 1e6, .single), isRequired: true, "the mean"),
    Field(
      "deviation", \.deviation, .number(above: 0, to: 1e6, .single), isRequired: true,
      "the deviation"),
  ])

  @Sendable private static func check(
    _ options: AudioOptions, _ node: ConfigurationNode, _ scope: Scope
  ) throws {
    if options.seconds == nil, options.spectrogram.frames == nil {
      throw (node["seconds"] ?? node).error(
        "found null, which needs the number of spectrogram.frames; give one of them")
    }
    if options.spectrogram.normalisation != nil, options.standardise != .none {
      throw (node["spectrogram"]?["normalise"] ?? node).error(
        "found it beside standardise: \(options.standardise.rawValue), which would undo it; set "
          + "standardise: none")
    }
    func place(_ key: String) -> ConfigurationNode { node["spectrogram"]?[key] ?? node }
    let picture = options.spectrogram
    if picture.kind == .fbank, picture.isCentred == true {
      throw place("centred").error("found true, but fbank has no such form; leave the key out")
    }
    let window = picture.windowLength(sampleRateHertz: options.sampleRateHertz)
    let sampleCount = Int(options.wantedSampleCount ?? Double(window))
    guard sampleCount >= 1, picture.isSettledCentred || sampleCount >= window else {
      throw (node["seconds"] ?? place("window")).error(
        "found \(sampleCount) samples in \((options.seconds ?? 0).brief) s, expected at least a window "
          + "of \(window); lengthen 'seconds'"
          + (picture.kind == .fbank ? "" : " or set spectrogram.centred"))
    }
    let half = Double(options.sampleRateHertz) / 2
    let highest = picture.highestHertz ?? half
    guard highest <= half else {
      throw place("high").error(
        "found \(highest.brief), expected at most half the sample_rate, \(half.brief)")
    }
    guard picture.settledLowestHertz < highest else {
      throw place("low").error(
        "found \(picture.settledLowestHertz.brief), expected less than the highest frequency, "
          + "\(highest.brief)")
    }
  }
}
