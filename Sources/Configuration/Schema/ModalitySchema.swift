import Datasets
import Networks

/// The keys of one modality.
enum ModalitySchema {
  static let largestCount = 64
  /// The most ranks that a modality can have.
  private static let mostRanks = 1_024

  /// The section of all modalities, by name.
  static let modalities = Field<RunConfiguration>(
    key: "modalities", expected: "a section with a key for each modality",
    meaning: "the modalities by name, each with a section of its own", isRequired: true,
    shape: { _ in
      .map(
        section.shape(initial("NAME", optimizer: .init())),
        keys: "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", 1...largestCount)
    },
    read: { node, run, scope in
      run.modalities = try node.entries().map { entry in
        var modality = initial(entry.key, optimizer: run.optimizer)
        try section.read(entry.node, into: &modality, scope)
        ShardSchema.complete(&modality, entry.node)
        try ShardSchema.check(modality, entry.node)
        return modality
      }
    },
    write: { run, scope in
      .section(run.modalities.map { ($0.name.asYAML, .section(section.write($0, scope))) })
    },
    tables: { place, _ in
      section.tables(place.below("NAME"), initial("NAME", optimizer: .init()))
    })

  /// The names of the modalities of a file; what is wrong with them is said before all else, since
  /// other keys refer to them.
  static func names(in root: ConfigurationNode) throws -> [String] {
    guard let node = root["modalities"] else { return [] }
    let entries = try node.entries()
    guard (1...largestCount).contains(entries.count) else {
      throw node.error("found \(entries.count) modalities, expected 1 to \(largestCount)")
    }
    for entry in entries where !isFileName(entry.key) {
      throw entry.node.error(
        "found a name that is no file name, expected at most 64 of A-Z a-z 0-9 _ and -, the first "
          + "of them a letter or a digit; rename the modality")
    }
    return entries.map(\.key)
  }

  private static func isFileName(_ name: String) -> Bool {
    name.count <= 64 && name.first.map { $0.isASCII && ($0.isLetter || $0.isNumber) } == true
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
  }

  /// What a modality starts from; its data are always read.
  private static func initial(
    _ name: String, optimizer: OptimizerOptions
  ) -> ModalityConfiguration {
    ModalityConfiguration(
      name: name, source: .synthetic(SyntheticOptions()), encoder: .mlp(MLPOptions()),
      optimizer: optimizer)
  }

  private static let section = Section<ModalityConfiguration>(
    fields: [
      Field("data", \.source, SourceSchema.variants, "where the samples come from"),
      Field(
        "augment", \.augmentation, augmentation,
        "what training changes at random in a sample, after it was standardised"),
      Field(
        "encoder", \.encoderChoice, EncoderSchema.variants, default: "mlp",
        "what turns a sample into features"),
      Field(
        "optimizer", \.optimizer, Section(fields: OptimizerSchema.optimizer),
        default: "the run's `optimizer`", "what differs from the run's `optimizer`, key by key"),
      Field("missing", \.self, missing, "samples that lose this modality, drawn at random"),
      Field(
        "ranks", \.rankChoice, Codec<Int>.count(to: mostRanks).orAuto,
        "the number of ranks that share this modality's mini-batches (docs/replicas.md); `auto`: ./launch "
          + "measures, and chooses what makes the shortest cycle (docs/planning.md)"),
    ] + ShardSchema.fields
  ) { modality, node, _ in try PretrainingSchema.checkCache(modality, node) }

  private static let augmentation = Section<AugmentationOptions>(fields: [
    Field(
      "shift", \.shift, .whole(0...4_096),
      "pictures: moved by up to so many rows and columns, either way; zeros come in"),
    Field("flip", \.flips, .toggle, "pictures: mirrored left to right, one time in two"),
    Field(
      "mask_rows", \.maskedRows, .whole(0...65_536),
      "pictures: up to so many neighbouring rows become 0; in a spectrogram, frequencies"),
    Field(
      "mask_columns", \.maskedColumns, .whole(0...65_536),
      "pictures: up to so many neighbouring columns become 0; in a spectrogram, frames"),
    Field(
      "noise", \.noise, .number(from: 0, to: 1_000_000, .single),
      "all but texts: the standard deviation of normal noise that every value receives"),
    Field(
      "unknown", \.unknownWords, .number(from: 0, to: 1),
      "texts: the probability that a word becomes the unknown word"),
  ])

  private static let missing = Section<ModalityConfiguration>(fields: [
    Field(
      "train", \.missingTrain, .number(from: 0, to: 1),
      "the probability that a training sample loses this modality; one modality always stays"),
    Field("test", \.missingTest, .number(from: 0, to: 1), "the same for test samples"),
  ])
}

/// A number of ranks as people write it.
enum RankChoice: Sendable, Equatable {
  case count(Int)
  /// To be chosen before the run starts.
  case auto
}

extension ModalityConfiguration {
  fileprivate var rankChoice: RankChoice {
    get { choosesRanks ? .auto : .count(ranks) }
    set {
      choosesRanks = newValue == .auto
      if case .count(let count) = newValue { ranks = count } else { ranks = 1 }
    }
  }
}

extension Codec<Int> {
  /// The same numbers, or `auto`.
  fileprivate var orAuto: Codec<RankChoice> {
    Codec<RankChoice>(
      expected: "\(expected), or auto", shape: .either(shape, .names(["auto"])),
      parse: { node, scope in
        node.text == "auto" ? .auto : try parse(node, scope).map { .count($0) }
      },
      write: { choice, scope in
        if case .count(let count) = choice { write(count, scope) } else { "auto" }
      })
  }
}
