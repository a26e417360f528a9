import Configuration
import Coordinator
import Datasets
import Exchange
import MLA
import Networks
import Tensors
import Worker

/// What a run would take and what it would refuse, worked out without starting it: ranks, memory,
/// bytes on the network, and how the modalities' samples meet.
public struct DryRun {
  /// The rank layout, what each rank needs, and who has which samples, for people.
  public let lines: [String]
  /// What a run would warn of.
  public let warnings: [String]
  /// What a run would refuse, in its words; nil: nothing.
  public let fault: (any Error)?

  /// Opens every modality's data as the workers would, and joins them as the coordinator would.
  ///
  /// - Parameter mayLieElsewhere: whether files that are not here may be on the workers' hosts, so
  ///   that their absence is no fault.
  public init(_ configuration: RunConfiguration, mayLieElsewhere: Bool) {
    let layout = RankLayout(ranksPerModality: configuration.modalities.map(\.ranks))
    let (classes, features) = (configuration.classes.count, configuration.features)
    var table = TextTable(["rank", "role", "sample", "train", "test", "parameters", "memory"])
    table.add([
      "0", "coordinator", "-", "-", "-", Numerals.grouped(classes * (features + 1)),
      Numerals.bytes(Self.coordinatorBytes(configuration)),
    ])
    var inventories: [Inventory] = []
    var (refusals, absences): ([String], [String]) = ([], [])
    for (rank, modality) in zip(layout.leaders, configuration.modalities) {
      do {
        let (row, inventory) = try Self.worker(rank, modality, configuration)
        table.add(row)
        inventories.append(inventory)
      } catch {
        table.add(["\(rank)", modality.name, "?", "?", "?", "?", "?"])
        let sentence = "rank \(rank) (modality \(modality.name)): \(error)"
        if mayLieElsewhere, (error as? DataError)?.isOfMissingFile == true {
          absences.append(sentence)
        } else {
          refusals.append(sentence)
        }
      }
    }
    let head = classes * (features + 1) * MemoryLayout<Float>.stride
    let header = 2 * MemoryLayout<Int>.stride
    let down = header + head
    let totals = 3 * MemoryLayout<Int>.stride
    let up = header + totals + features * MemoryLayout<Double>.stride + head
    let join =
      inventories.count == configuration.modalities.count
      ? Result { try Self.join(inventories, configuration, layout) } : nil
    let joined = try? join?.get()
    let names = configuration.modalities.map(\.name)
    lines =
      table.lines + absences
      + (joined.map { [""] + PresenceLines.of($0.rosters, names: names) } ?? []) + [
        "",
        "a turn: \(Numerals.bytes(down)) down to the modality, \(Numerals.bytes(up)) up to the coordinator",
        "memory: weights, gradients, velocities and data; activations and libraries come on top",
      ]
    warnings =
      (joined?.warnings ?? [])
      + (absences.isEmpty ? [] : ["the samples were not joined, because not all of them are here"])
    switch (refusals.isEmpty, join) {
    case (false, _): fault = CoordinatorError.refusals(refusals)
    case (true, .failure(let error)?): fault = error
    default: fault = nil
    }
  }

  /// Joins as a run does, and looks for what a worker refuses once it knows its training samples.
  private static func join(
    _ inventories: [Inventory], _ configuration: RunConfiguration, _ layout: RankLayout
  ) throws -> RosterBuilder {
    let joined = try RosterBuilder(inventories, configuration: configuration)
    for (place, modality) in configuration.modalities.enumerated()
    where joined.rosters.train.samples(of: place).isEmpty {
      do {
        _ = try Standardiser(
          modality.source.standardisation,
          fittedTo: EmptySource(sampleShape: Shape(inventories[place].sampleShape)), on: [])
      } catch {
        throw CoordinatorError.refusals([
          "rank \(layout.leaders[place]) (modality \(modality.name)): \(error)"
        ])
      }
    }
    return joined
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

  private static func worker(
    _ rank: Int, _ modality: ModalityConfiguration, _ configuration: RunConfiguration
  ) throws -> (row: [String], inventory: Inventory) {
    let data = try ModalityData.open(
      modality.source, root: configuration.data.root, classes: configuration.classes,
      seed: configuration.seed)
    let counts = try modality.encoder.withVocabulary(data.tokenCount).parameterCounts(
      inputShape: data.train.sampleShape, features: configuration.features)
    _ = try modality.augmenter(seed: configuration.seed, data: data)
    let parameters = counts.reduce(0, +)
    let gradients =
      modality.optimizer.gradientMemory == .whole ? parameters : counts.max() ?? 0
    let samples = data.train.ids.count + data.test.ids.count
    // Values with the optimizer's one or two memories of each, and gradients.
    let arrays = modality.optimizer.kind == .sgd ? 2 : 3
    let floats =
      arrays * parameters + gradients + samples * data.train.sampleShape.elementCount
    let row = [
      "\(rank)", modality.name, data.train.sampleShape.description,
      Numerals.grouped(data.train.ids.count), Numerals.grouped(data.test.ids.count),
      Numerals.grouped(parameters), Numerals.bytes(floats * MemoryLayout<Float>.stride),
    ]
    return (row, modality.inventory(of: data, host: ""))
  }
}
