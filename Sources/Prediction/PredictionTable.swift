import Configuration
import Runs
import Storage

/// What a model says of one sample, for people in a terminal.
enum PredictionTable {
  /// So many classes are shown where nobody asks for another number.
  private static let shown = 5

  /// Says it.
  static func say(_ sample: PredictedSample, of configuration: RunConfiguration, _ top: Int?) {
    let console = Console()
    console.say(classes(sample, configuration, top ?? shown))
    console.say()
    console.say(voices(sample, configuration))
  }

  private static func classes(
    _ sample: PredictedSample, _ configuration: RunConfiguration, _ count: Int
  ) -> TextTable {
    var table = TextTable(["class", "probability"])
    for label in sample.best(count) {
      table.add([
        configuration.classes[label].legible(),
        Numerals.percent(sample.probabilities[label]) + " %",
      ])
    }
    return table
  }

  private static func voices(
    _ sample: PredictedSample, _ configuration: RunConfiguration
  ) -> TextTable {
    var table = TextTable(["modality", "prediction", "weight", "entropy", "spoilt"])
    for (modality, voice) in zip(configuration.modalities, sample.voices) {
      guard let voice else {
        table.add([modality.name, "absent", "", "", ""])
        continue
      }
      table.add([
        modality.name,
        voice.prediction.map { configuration.classes[$0].legible() } ?? "none",
        Numerals.decimals(voice.weight, 3), Numerals.decimals(voice.entropy, 3),
        voice.spoiltFactor.map { Numerals.decimals($0, 1) } ?? "",
      ])
    }
    return table
  }
}
