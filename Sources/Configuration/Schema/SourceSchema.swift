import Datasets

/// The kinds of data that a configuration can name.
enum SourceSchema {
  static let variants = [
    Variant(
      "synthetic", synthetic, initial: SyntheticOptions(), wrap: SourceOptions.synthetic,
      unwrap: { if case .synthetic(let options) = $0 { options } else { nil } },
      "Made up from a seed: needs no files."),
    Variant(
      "arrays", arrays, initial: ArrayOptions(train: ArraySplit(values: ""), test: nil),
      wrap: SourceOptions.arrays,
      unwrap: { if case .arrays(let options) = $0 { options } else { nil } },
      "One row a sample, in `.npy` or `.npz` files."),
    Variant(
      "audio", aliases: ["wav"], audio, initial: AudioOptions(), wrap: SourceOptions.audio,
      unwrap: { if case .audio(let options) = $0 { options } else { nil } },
      "One sound file a sample, turned into a spectrogram: WAV, AIFF, FLAC, Ogg Vorbis, Opus, MP3 and "
        + "what else libsndfile reads, told by content. Several channels become their mean. `wav` is "
        + "another name of this kind."),
    PictureSchema.variant,
    Variant(
      "idx", idx, initial: ImageOptions(train: .init(images: ""), test: nil),
      wrap: SourceOptions.idx,
      unwrap: { if case .idx(let options) = $0 { options } else { nil } },
      "Images in an IDX file, as MNIST has them; pixels become 0 … 1."),
    Variant(
      "text", text, initial: TextOptions(), wrap: SourceOptions.text,
      unwrap: { if case .text(let options) = $0 { options } else { nil } },
      "Texts in a column of a CSV file, turned into the numbers of their words: 0 is padding, 1 every "
        + "unknown word; the words are those of the training files."),
  ]

  private static let train = "the training samples"
  private static let test = "the test samples, with the keys of `train`; null: there are none"
  private static let standardise =
    "what is subtracted and divided by, fitted on the training samples: nothing, each element's "
    + "mean and deviation, or one mean and deviation of all"

  // MARK: synthetic

  private static let synthetic = Section<SyntheticOptions>(
    fields: [
      Field("set", \.set, .choice, "the built-in data set"),
      Field(
        "component", \.component,
        .named([("strong", 0), ("weak", 1), ("weaker", 2)]),
        "the modality of the set; only lazy3 has `weaker`"),
      Field(
        "seed", \.seed, Codec<UInt64>.whole(0...UInt64.max).orNull,
        "what everything is drawn from; null: the run's seed"),
    ],
    check: { options, node, _ in
      guard options.set == .lazy3 || options.component < 2 else {
        throw (node["component"] ?? node).error(
          "found weaker, expected strong or weak, because lazy2 has two modalities; use set: lazy3")
      }
    })

  // MARK: arrays

  private static let arrays = Section<ArrayOptions>(fields: [
    Field("train", \.train, arraySplit, isRequired: true, train),
    Field("test", \.test, arraySplit, initial: ArraySplit(values: ""), test),
    Field("standardise", \.standardise, .choice, standardise),
  ])

  private static let arraySplit = Section<ArraySplit>(
    fields: [
      Field(
        "values", \.values, .path, isRequired: true,
        "`[samples, …]`, a `.npy` file or an array of a `.npz` file, `file.npz:name`"),
      Field(
        "labels", \.labels, Codec<String>.path.orNull,
        "`[samples]`, integers from 0 or names of classes; in place of `manifest`"),
      Field(
        "ids", \.ids, Codec<String>.path.orNull,
        "a text file with one id a line; null: the row's number is the id"),
      Field(
        "manifest", \.manifest, Codec<String>.path.orNull,
        "a CSV file with columns `id,label,index`, in place of `labels` and `ids`"),
    ],
    check: { split, node, _ in
      switch (split.labels, split.manifest) {
      case (nil, nil):
        throw node.error("found neither 'labels' nor 'manifest', expected one of them")
      case (_?, _?):
        throw node.error("found both 'labels' and 'manifest', expected one of them")
      default: break
      }
      guard split.manifest == nil || split.ids == nil else {
        throw node.error("found 'ids' beside 'manifest', expected one of them; remove 'ids'")
      }
    })

  // MARK: audio

  private static let audio = Section<AudioOptions>(
    fields: [
      Field(
        "train", \.train, .paths(1...64), isRequired: true,
        "CSV files with columns `id,label,path`, paths relative to `data.root`"),
      Field("test", \.test, .paths(0...64), "the same for test samples; `[]`: there are none"),
      Field(
        "sample_rate", \.sampleRateHertz, .whole(1_000...384_000),
        "the sampling rate that the encoder sees, in hertz"),
      Field(
        "resample", \.resamples, .toggle, "whether files of other rates are converted or refused"),
      Field(
        "seconds", \.seconds, .number(above: 0, to: 600),
        "the length that every clip is cut or padded to"),
      Field(
        "align", \.alignment, .choice, "where a clip of another length stands in that window"),
      Field("standardise", \.standardise, .choice, standardise),
      Field("spectrogram", \.spectrogram, spectrogram, "the picture that the encoder sees"),
    ], check: checkSpectrogram)

  private static let spectrogram = Section<SpectrogramOptions>(fields: [
    Field(
      "kind", \.kind, .choice, "whether rows are the transform's frequencies or mel bands"),
    Field(
      "window", \.window, .whole(2...65_536), "the length of the Hann window, in samples"),
    Field("hop", \.hop, .count(to: 65_536), "the step between frames, in samples"),
    Field("bands", \.bands, .count(to: 1_024), "the number of mel bands"),
    Field(
      "low", \.lowestHertz, .number(from: 0, to: 192_000, .single),
      "the lowest frequency of the first band, in hertz"),
    Field(
      "high", \.highestHertz, Codec<Double>.number(above: 0, to: 192_000, .single).orNull,
      "the highest frequency of the last band, in hertz; null: half the sampling rate"),
    Field(
      "centred", \.isCentred, .toggle,
      "whether half a window of zeros stands at both ends, so that frame t is centred on t * hop"),
  ])

  @Sendable private static func checkSpectrogram(
    _ options: AudioOptions, _ node: ConfigurationNode, _ scope: Scope
  ) throws {
    func place(_ key: String) -> ConfigurationNode { node["spectrogram"]?[key] ?? node }
    let spectrogram = options.spectrogram
    let sampleCount = Int(options.wantedSampleCount)
    guard sampleCount >= 1, spectrogram.isCentred || sampleCount >= spectrogram.window else {
      throw (node["seconds"] ?? place("window")).error(
        "found \(sampleCount) samples in \(options.seconds.brief) s, expected at least a window of "
          + "\(spectrogram.window); lengthen 'seconds' or set spectrogram.centred")
    }
    let half = Double(options.sampleRateHertz) / 2
    let highest = spectrogram.highestHertz ?? half
    guard highest <= half else {
      throw place("high").error(
        "found \(highest.brief), expected at most half the sample_rate, \(half.brief)")
    }
    guard spectrogram.lowestHertz < highest else {
      throw place("low").error(
        "found \(spectrogram.lowestHertz.brief), expected less than the highest frequency, "
          + "\(highest.brief)")
    }
  }

  // MARK: idx

  private static let idx = Section<ImageOptions>(fields: [
    Field("train", \.train, imageSplit, isRequired: true, train),
    Field("test", \.test, imageSplit, initial: .init(images: ""), test),
    Field(
      "resize", \.resize, Codec<PictureSize>.pictureSize.orNull,
      "the height and width that the encoder sees, by bilinear interpolation; null: those of the "
        + "files"),
    Field("standardise", \.standardise, .choice, standardise),
  ])

  private static let imageSplit = Section<ImageOptions.Split>(
    fields: [
      Field("images", \.images, .path, isRequired: true, "an IDX3 file, raw or gzip"),
      Field(
        "labels", \.labels, Codec<String>.path.orNull,
        "an IDX1 file, raw or gzip; the row's number is then the id"),
      Field(
        "manifests", \.manifests, .paths(0...64),
        "CSV files with columns `id,label,index`, in place of `labels`"),
    ],
    check: { split, node, _ in
      guard (split.labels == nil) != split.manifests.isEmpty else {
        let found = split.labels == nil ? "neither 'labels' nor" : "both 'labels' and"
        throw node.error("found \(found) 'manifests', expected one of them")
      }
    })

  // MARK: text

  private static let text = Section<TextOptions>(fields: [
    Field(
      "train", \.train, .paths(1...64), isRequired: true, "CSV files with columns `id,label,text`"),
    Field("test", \.test, .paths(0...64), "the same for test samples; `[]`: there are none"),
    Field(
      "length", \.length, .count(to: 65_536), "the number of words that a text is cut or padded to"),
    Field(
      "vocabulary", \.vocabulary, .whole(3...16_000_000),
      "the largest number of different tokens, padding and the unknown word included"),
    Field(
      "minimum_count", \.minimumCount, .count(to: 1_000_000),
      "words that are rarer in the training files are unknown"),
    Field(
      "ignore_case", \.ignoresCase, .toggle, "whether upper and lower case are the same"),
  ])
}
