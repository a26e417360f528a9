import Datasets

/// The keys of `images`.
enum PictureSchema {
  static let variant = Variant(
    "images", images, initial: PictureOptions(), wrap: SourceOptions.images,
    unwrap: { if case .images(let options) = $0 { options } else { nil } },
    "One picture file a sample: JPEG, PNG or WebP, told by content, decoded to Pillow's pixels. "
      + "[data-images.md](data-images.md) has every step with its formula.")

  private static let images = Section<PictureOptions>(
    fields: files + framing + changes + values, check: check)

  private static let files: [Field<PictureOptions>] = [
    Field(
      "train", \.train, .paths(1...64), isRequired: true,
      "CSV files with columns `id,label,path`, paths relative to `data.root`; or folders with a folder "
        + "for each class"),
    Field("test", \.test, .paths(0...64), "the same for test samples; `[]`: there are none"),
  ]

  static let framing: [Field<PictureOptions>] = [
    Field(
      "size", \.framing.size, .pictureSize, isRequired: true,
      "the height and width that the encoder sees"),
    Field(
      "resize", \.framing.resizing, .choice,
      "how a picture gets that size in evaluation, and with `crop: centre` in training: both sides "
        + "become what they must, or it keeps its shape, just covers the size and its middle is cut "
        + "out, or the middle is cut out of the picture as it is"),
    Field(
      "shorter_side", \.framing.shorterSide, Codec<Int>.count(to: 4_096).orNull,
      "with `resize: shorter`: the pixels of the shorter side before the middle is cut out; null: "
        + "what just covers the size"),
    Field("filter", \.filter, .choice, "Pillow's filter by which pictures get another size"),
    Field("channels", \.channels, channels, "red, green and blue, or grey"),
    Field(
      "crop", \.crop, .choice,
      "what training sees: a part drawn at random, in the size asked for, or what evaluation sees"),
    Field("random_crop", \.randomCrop, randomCrop, "the part that is drawn"),
  ]

  private static let channels = Codec<Int>(
    plain: "3 or 1", shape: Shape(keywords: ["enum": [3, 1]]),
    parse: { text in [3, 1].first { text == "\($0)" } }, write: { "\($0)" })

  private static let randomCrop = Section<RandomCrop>(fields: [
    Field(
      "area", \.area, .range(above: 0, to: 1),
      "the least and the largest share of the picture's area"),
    Field(
      "ratio", \.ratio, .range(above: 0, to: 100), "the least and the largest width over height"),
    Field(
      "shrink_to", \.shrinkTo, Codec<Int>.count(to: 4_096).orNull,
      "larger pictures are first made so small that the shorter side has so many pixels, which saves "
        + "memory and time; null: never"),
  ])

  static let changes: [Field<PictureOptions>] = [
    Field(
      "flip", \.flips, .toggle, "whether training mirrors a picture left to right, one time in two"),
    Field("jitter", \.jitter, jitter, "how much training changes colours, in random order"),
  ]

  private static let jitter = Section<ColourJitter>(fields: [
    Field(
      "brightness", \.brightness, .number(from: 0, to: 10),
      "the factor is uniform within 1 - x … 1 + x, not below 0"),
    Field(
      "contrast", \.contrast, .number(from: 0, to: 10),
      "the same, as a blend with the picture's mean grey"),
    Field(
      "saturation", \.saturation, .number(from: 0, to: 10),
      "the same, as a blend with the picture in grey"),
  ])

  static let values: [Field<PictureOptions>] = [
    Field(
      "normalise", \.normalisation, .choice,
      "the mean and deviation by which levels in 0 … 1 are shifted and scaled, by name"),
    Field(
      "background", \.decoder.background, .choice, "what lies behind transparent pixels"),
    Field(
      "orientation", \.decoder.orientation, .choice,
      "whether pictures are turned upright by what cameras noted in them"),
    Field(
      "scaled_decode", \.decodesScaled, .toggle,
      "whether large JPEG files are decoded at 1/2, 1/4 or 1/8 where that is no smaller than what "
        + "they become: faster, but other pixels than Pillow's"),
    Field(
      "standardise", \.standardise, .choice,
      "what is subtracted and divided by after that, fitted on the training samples: nothing, each "
        + "element's mean and deviation, or one mean and deviation of all"),
  ]

  @Sendable static func check(
    _ options: PictureOptions, _ node: ConfigurationNode, _ scope: Scope
  ) throws {
    let size = options.framing.size
    if let side = options.framing.shorterSide {
      let place = node["shorter_side"] ?? node
      guard options.framing.resizing == .shorter else {
        throw place.error("found \(side), expected null, because resize is not shorter")
      }
      guard side >= max(size.height, size.width) else {
        throw place.error(
          "found \(side), expected at least the longer side of 'size', "
            + "\(max(size.height, size.width))")
      }
    }
    guard options.decodesScaled else { return }
    let isBounded =
      options.crop == .random
      ? options.randomCrop.shrinkTo != nil : options.framing.resizing != .none
    guard isBounded else {
      let remedy =
        options.crop == .random ? "set random_crop.shrink_to" : "set resize: shorter or exact"
      throw (node["scaled_decode"] ?? node).error(
        "found true, expected false where pictures keep their size; \(remedy)")
    }
  }
}

extension Codec where Value == ClosedRange<Double> {
  /// `[low, high]`; the lower end does not belong to what is allowed.
  static func range(above low: Double, to high: Double) -> Codec {
    let end = Codec<Double>.number(above: low, to: high)
    return Codec(
      expected: "a list of a number above \(low.brief) and one from there to \(high.brief)",
      shape: .list(end.shape, 2...2),
      parse: { node, scope in
        guard case .sequence(let items) = node.content, items.count == 2 else { return nil }
        let ends = try items.map { try end.read($0, scope) }
        return ends[0] <= ends[1] ? ends[0]...ends[1] : nil
      },
      write: { range, _ in "[\(range.lowerBound.brief), \(range.upperBound.brief)]" })
  }
}
