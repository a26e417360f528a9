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
    AudioSchema.variant,
    PictureSchema.variant,
    VideoSchema.variant,
    Variant(
      "idx", idx, initial: ImageOptions(train: .init(images: ""), test: nil),
      wrap: SourceOptions.idx,
      unwrap: { if case .idx(let options) = $0 { options } else { nil } },
      "Images in an IDX file, as MNIST has them; pixels become 0 … 1."),
    Variant(
      "text", TextSchema.section, initial: TextOptions(), wrap: SourceOptions.text,
      unwrap: { if case .text(let options) = $0 { options } else { nil } },
      TextSchema.meaning),
  ]

  private static let train = "the training samples"
  private static let test = "the test samples, with the keys of `train`; null: there are none"
  static let standardise =
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
}
