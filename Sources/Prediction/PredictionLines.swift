import Storage

/// How predictions are written, a line a sample.
public enum PredictionFormat: String, Sendable, CaseIterable {
  /// Comma-separated values, with a header.
  case csv
  /// One JSON object a line.
  case jsonl
}

/// Predictions as lines of text.
struct PredictionLines {
  let format: PredictionFormat
  /// So many classes with the highest probabilities in place of all; nil: all, in their order.
  let top: Int?
  /// Whether each modality's logits are written too.
  let writesLogits: Bool
  let classes: [String]
  let modalities: [String]

  private let fields: [String]
  private let texts: [String]

  init(
    _ format: PredictionFormat, top: Int?, writesLogits: Bool, classes: [String],
    modalities: [String]
  ) {
    (self.format, self.writesLogits) = (format, writesLogits)
    self.top = top.map { min($0, classes.count) }
    (self.classes, self.modalities) = (classes, modalities)
    fields = classes.map(CSV.field)
    texts = classes.map(JSONText.quoted)
  }

  /// The line above all others; nil: the format has none.
  var header: String? {
    guard format == .csv else { return nil }
    var columns = ["id", "prediction", "probability"]
    if let top {
      for place in 0..<top { columns += ["top\(place + 1)", "top\(place + 1).probability"] }
    } else {
      columns += classes.map { "probability.\($0)" }
    }
    for name in modalities {
      columns += ["present", "weight", "prediction", "entropy", "spoilt"].map { "\(name).\($0)" }
      if writesLogits { columns += classes.map { "\(name).logit.\($0)" } }
    }
    return columns.map(CSV.field).joined(separator: ",")
  }

  /// The line of one sample.
  func line(_ sample: PredictedSample) -> String {
    format == .csv ? csv(sample) : json(sample)
  }

  // MARK: - CSV

  private func csv(_ sample: PredictedSample) -> String {
    var cells = [CSV.field(sample.id)]
    cells.append(sample.prediction.map { fields[$0] } ?? "")
    cells.append(sample.prediction.map { "\(sample.probabilities[$0])" } ?? "")
    if let top {
      let best = sample.best(top)
      for place in 0..<top {
        let label = place < best.count ? best[place] : nil
        cells.append(label.map { fields[$0] } ?? "")
        cells.append(label.map { "\(sample.probabilities[$0])" } ?? "")
      }
    } else {
      for label in classes.indices {
        cells.append(sample.probabilities.isEmpty ? "" : "\(sample.probabilities[label])")
      }
    }
    for voice in sample.voices {
      cells += [
        voice == nil ? "0" : "1", voice.map { "\($0.weight)" } ?? "",
        voice?.prediction.map { fields[$0] } ?? "", voice.map { "\($0.entropy)" } ?? "",
        voice?.spoiltFactor.map { "\($0)" } ?? "",
      ]
      if writesLogits {
        cells += classes.indices.map { label in voice.map { "\($0.logits[label])" } ?? "" }
      }
    }
    return cells.joined(separator: ",")
  }

  // MARK: - JSON

  private func json(_ sample: PredictedSample) -> String {
    var text = "{\"id\":\(JSONText.quoted(sample.id))"
    text += ",\"prediction\":\(sample.prediction.map { texts[$0] } ?? "null")"
    text +=
      ",\"probability\":\(JSONText.number(sample.prediction.map { sample.probabilities[$0] }))"
    if let top {
      let best = sample.best(top).map {
        "{\"class\":\(texts[$0]),\"probability\":\(JSONText.number(sample.probabilities[$0]))}"
      }
      text += ",\"top\":[\(best.joined(separator: ","))]"
    } else {
      let all = sample.probabilities.enumerated().map { "\(texts[$0]):\(JSONText.number($1))" }
      text += ",\"probabilities\":{\(all.joined(separator: ","))}"
    }
    let voices = zip(modalities, sample.voices).map { name, voice in
      "\(JSONText.quoted(name)):{\(json(voice))}"
    }
    return text + ",\"modalities\":{\(voices.joined(separator: ","))}}"
  }

  private func json(_ voice: PredictedSample.Voice?) -> String {
    guard let voice else { return "\"present\":false" }
    var text = "\"present\":true,\"weight\":\(JSONText.number(voice.weight))"
    text += ",\"prediction\":\(voice.prediction.map { texts[$0] } ?? "null")"
    text += ",\"entropy\":\(JSONText.number(voice.entropy))"
    text += ",\"spoilt\":\(JSONText.number(voice.spoiltFactor))"
    if writesLogits {
      let logits = voice.logits.map { $0.isFinite ? "\($0)" : "null" }
      text += ",\"logits\":[\(logits.joined(separator: ","))]"
    }
    return text
  }
}

/// Texts and numbers as JSON has them.
enum JSONText {
  /// A number; null where there is none, or it is not finite.
  static func number(_ value: Double?) -> String {
    value.flatMap { $0.isFinite ? "\($0)" : nil } ?? "null"
  }

  /// A text in quotes, with what may not stand there escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _
      where scalar.properties.generalCategory == .control || scalar.value == 0x2028
        || scalar.value == 0x2029:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
