import Foundation
import Storage

/// The configuration of somebody's own data, with what was chosen and why.
struct OwnConfiguration {
  let data: OwnData
  /// Where the values of arrays are, as the configuration names them.
  let location: (String) -> String

  private var trainCount: Int { data.count(in: .train) }

  var text: String {
    let epochs = trainCount < 300 ? 30 : trainCount < 5_000 ? 20 : 10
    let isFew = trainCount < 60
    return """
      # yaml-language-server: $schema=configuration.schema.json
      # Written by ./launch init. Every line may be changed; docs/configuration.md has all keys, and the first line
      # lets editors complete and check them.

      # \(counted(data.samples.count, "sample")): \(trainCount) to train with, \(data.count(in: .test)) to test with.
      # How they were split: \(data.splitSentence).
      classes: \(classes)

      # The width in which all encoders end. More classes or more data may want 128 or 256.
      features: 64
      # Passes through the training samples: fewer where there are many.
      epochs: \(epochs)
      batch_size: \(isFew ? 8 : 32)

      data:
        # Part of the training samples is kept to choose by\(hasGroups ? ", in whole groups" : ""); 0 trains on all of them.
        validation: \(isFew ? "0.2" : "0.1")

      # What moves the parameters. With adamw, 0.001 is a usual rate for networks that begin with nothing.
      optimizer: {kind: adamw, lr: 0.001, weight_decay: 0.01}

      # Modalities take turns with one head (mla); joint_sum and separate are what to compare it with.
      method: mla

      modalities:
      \(data.modalities.map(section).joined(separator: "\n"))
      """
  }

  private var hasGroups: Bool { data.samples.contains { $0.group != nil } }

  private var classes: String {
    let names = data.classes
    guard names != names.indices.map(String.init) else { return "\(names.count)" }
    return "[\(names.map(Self.yaml).joined(separator: ", "))]"
  }

  private func section(of modality: OwnData.Modality) -> String {
    let measures = data.measures[modality.name]
    let lines =
      switch modality.kind {
      case .images: images(modality, measures)
      case .audio: audio(modality, measures)
      case .text: texts(modality, measures)
      case .arrays(let shape, let values): arrays(modality, shape, values)
      }
    return (["\(modality.name):"] + lines.map { "  \($0)" }).map { "  \($0)\n" }.joined()
  }

  private func files(_ modality: OwnData.Modality) -> [String] {
    [Part.train, .test].map { part in
      let name = OwnData.manifestName(modality, part)
      return data.count(in: part, of: modality) > 0
        ? "  \(part.rawValue): \(Self.yaml(name))" : "  \(part.rawValue): []"
    }
  }

  private func images(_ modality: OwnData.Modality, _ measures: OwnMeasures?) -> [String] {
    let side = (measures?.shorterSide ?? 64) < 48 ? 32 : 64
    let isLarge = trainCount >= 1_000 && side == 64
    return ["data:", "  kind: images"] + files(modality) + [
      "  # The shorter sides have about \(measures?.shorterSide ?? 0) pixels. Larger is slower by the square.",
      "  size: [\(side), \(side)]",
      "  # In training a part of each picture, half of the time mirrored: few pictures are more so.",
      "  crop: random", "  random_crop: {area: [0.5, 1], ratio: [0.75, 1.3333]}", "  flip: true",
      isLarge
        ? "# A small residual network; weights of others: docs/pretrained.md."
        : "# A few convolutions, which learn from few pictures; with thousands, resnet18 is better.",
      isLarge
        ? "encoder: {kind: resnet18, width: 32, blocks: 1}"
        : "encoder: {kind: cnn, channels: [16, 32, 64]}",
    ]
  }

  private func audio(_ modality: OwnData.Modality, _ measures: OwnMeasures?) -> [String] {
    let rate = min(16_000, max(8_000, measures?.sampleRateHertz ?? 16_000))
    let seconds = min(10, max(0.5, ((measures?.seconds ?? 4) * 4).rounded(.up) / 4))
    return ["data:", "  kind: audio"] + files(modality) + [
      "  # Files of other rates are converted.",
      "  sample_rate: \(rate)", "  resample: true",
      "  # Nine of ten sounds are no longer; the others are cut in the middle, shorter ones padded.",
      "  seconds: \(seconds.formatted(.number.grouping(.never).locale(Locale(identifier: "en_US_POSIX"))))",
      "  spectrogram: {kind: log_mel, bands: 40}",
      "# Convolutions over the spectrogram.",
      "encoder: {kind: cnn, channels: [16, 32, 64]}",
    ]
  }

  private func texts(_ modality: OwnData.Modality, _ measures: OwnMeasures?) -> [String] {
    let length = min(256, max(8, measures?.words ?? 32))
    let hasNoBlanks = measures?.hasNoBlanks ?? false
    return ["data:", "  kind: text"] + files(modality) + [
      hasNoBlanks
        ? "  # There are hardly any blanks, so that characters are the tokens."
        : "  # Nineteen of twenty texts have no more words.",
      "  tokens: \(hasNoBlanks ? "characters" : "words")", "  length: \(length)",
      "# The mean of learned vectors of its words: quick, and hard to beat from nothing; docs/pretrained.md has more.",
      "encoder: {kind: bag_of_words}",
      "# Vectors of rare words move seldom, and so further.", "optimizer: {lr: 0.01}",
    ]
  }

  private func arrays(
    _ modality: OwnData.Modality, _ shape: [Int], _ values: [Part: String]
  ) -> [String] {
    func split(_ part: Part) -> String {
      guard data.count(in: part, of: modality) > 0 else { return "  \(part.rawValue): null" }
      let place = values[part] ?? values[.train] ?? ""
      let manifest = Self.yaml(OwnData.manifestName(modality, part))
      return "  \(part.rawValue): {values: \(Self.yaml(location(place))), manifest: \(manifest)}"
    }
    let isPicture = shape.count == 3 && shape[0] <= 4 && shape[1] >= 16 && shape[2] >= 16
    let width = shape.reduce(1, *) > 1_024 ? 256 : 64
    return [
      "data:", "  kind: arrays", split(.train), split(.test),
      "  # Elements differ in scale: each becomes mean 0, deviation 1, by the training samples.",
      "  standardise: \(isPicture ? "global" : "feature")",
      "# Samples have the shape \(shape).",
      isPicture
        ? "encoder: {kind: cnn, channels: [16, 32]}" : "encoder: {kind: mlp, hidden: [\(width)]}",
    ]
  }

  /// Text as a YAML value: bare where that is safe, else in quotes as JSON has them.
  static func yaml(_ text: String) -> String {
    let isBare =
      text.first.map { $0.isASCII && ($0.isLetter || $0 == "/" || $0 == ".") } == true
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) }
    let words: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
    if isBare, text != "...", !words.contains(text.lowercased()) { return text }
    return ((try? JSONValue.text(text).text(pretty: false)) ?? "\"\"").replacing(
      "*", with: "\\u002A")
  }
}
