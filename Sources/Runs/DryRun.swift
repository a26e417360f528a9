import Configuration
import Datasets
import Exchange
import MLA
import Networks
import Tensors

/// What a run would take, worked out without starting it: ranks, memory, bytes on the network.
public enum DryRun {
  /// The rank layout and what each rank needs, for people.
  ///
  /// Opens every modality's data, as the workers would; data that lie on other hosts are said to.
  public static func lines(_ configuration: RunConfiguration) -> [String] {
    let layout = RankLayout(ranksPerModality: configuration.modalities.map(\.ranks))
    let (classes, features) = (configuration.classes.count, configuration.features)
    var table = TextTable(["rank", "role", "sample", "train", "test", "parameters", "memory"])
    table.add([
      "0", "coordinator", "-", "-", "-", Numerals.grouped(classes * (features + 1)),
      Numerals.bytes(coordinatorBytes(configuration)),
    ])
    var notes: [String] = []
    for (rank, modality) in zip(layout.leaders, configuration.modalities) {
      do {
        table.add(try workerRow(rank, modality, configuration))
      } catch {
        table.add(["\(rank)", modality.name, "?", "?", "?", "?", "?"])
        notes.append("rank \(rank) (modality \(modality.name)): \(error)")
      }
    }
    let head = classes * (features + 1) * MemoryLayout<Float>.stride
    let header = 2 * MemoryLayout<Int>.stride
    let down = header + head
    let totals = 3 * MemoryLayout<Int>.stride
    let up = header + totals + features * MemoryLayout<Double>.stride + head
    return table.lines + notes + [
      "",
      "a turn: \(Numerals.bytes(down)) down to the modality, \(Numerals.bytes(up)) up to the coordinator",
      "memory: weights, gradients, velocities and data; activations and libraries come on top",
    ]
  }

  private static func coordinatorBytes(_ configuration: RunConfiguration) -> Int {
    let head = configuration.classes.count * (configuration.features + 1)
    let size = configuration.features + (configuration.hgm.includesBias ? 1 : 0)
    let projectors =
      !configuration.hgm.isEnabled || configuration.method != .mla
      ? 0 : configuration.hgm.memory == .others ? configuration.modalities.count : 1
    return 4 * head * MemoryLayout<Float>.stride
      + projectors * size * size * MemoryLayout<Double>.stride
  }

  private static func workerRow(
    _ rank: Int, _ modality: ModalityConfiguration, _ configuration: RunConfiguration
  ) throws -> [String] {
    let data = try ModalityData.open(
      modality.source, root: configuration.data.root, classes: configuration.classes,
      seed: configuration.seed)
    let counts = try modality.encoder.withVocabulary(data.tokenCount).parameterCounts(
      inputShape: data.train.sampleShape, features: configuration.features)
    let parameters = counts.reduce(0, +)
    let gradients =
      modality.optimizer.gradientMemory == .whole ? parameters : counts.max() ?? 0
    let samples = data.train.ids.count + data.test.ids.count
    // Values with the optimizer's one or two memories of each, and gradients.
    let arrays = modality.optimizer.kind == .sgd ? 2 : 3
    let floats =
      arrays * parameters + gradients + samples * data.train.sampleShape.elementCount
    return [
      "\(rank)", modality.name, data.train.sampleShape.description,
      Numerals.grouped(data.train.ids.count), Numerals.grouped(data.test.ids.count),
      Numerals.grouped(parameters), Numerals.bytes(floats * MemoryLayout<Float>.stride),
    ]
  }
}
