import Configuration
import Coordinator
import Datasets
import Exchange
import Foundation
import MLA
import MPI
import Networks
import Storage
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
  /// - Throws: when the dry run itself shall end.
  public init(_ configuration: RunConfiguration, mayLieElsewhere: Bool) throws {
    let layout = RankLayout(ranksPerModality: configuration.modalities.map(\.ranks))
    var rows: [[String]] = []
    var inventories: [Inventory] = []
    var needs: [(name: String, byteCount: Int)] = []
    var absences: [String] = []
    var pretrained: [String] = []
    var refusals: [String] = []
    for (place, (ranks, modality)) in zip(layout.groups, configuration.modalities).enumerated() {
      let rank = ranks.lowerBound
      do {
        let (row, inventory, memory, weights) = try Self.worker(place, layout, configuration)
        rows.append(row)
        inventories.append(inventory)
        pretrained += inventory.notes.map { "modality \(modality.name) \($0)" }
        pretrained += weights.map { "  \($0)" }
        needs += layout.places(of: place).map {
          (
            $0.described(modality.name),
            memory.byteCount - ($0.isLeader ? 0 : memory.sharedByteCount)
          )
        }
        if let problem = memory.problem() {
          refusals.append("rank \(rank) (modality \(modality.name)): \(problem)")
        }
      } catch let error where !(error is ExchangeError) {
        rows.append([Numerals.ranks(ranks), modality.name, "?", "?", "?", "?", "?"])
        let sentence = "rank \(rank) (modality \(modality.name)): \(error)"
        if mayLieElsewhere, (error as? FileError)?.isOfMissingFile == true {
          absences.append(sentence)
        } else {
          refusals.append(sentence)
        }
      }
    }
    let traffic = configuration.traffic(sampleCount: configuration.batchSize)
    let join =
      inventories.count == configuration.modalities.count
      ? Result { try Self.join(inventories, configuration, layout) } : nil
    if case .failure(let error as ExchangeError)? = join { throw error }
    let joined = try? join?.get()
    let coordinator = configuration.coordinatorMemory(
      evaluating: joined.map {
        max($0.rosters.validation.sampleCount, $0.rosters.test.sampleCount)
      } ?? 0, training: joined?.rosters.train.sampleCount ?? 0)
    needs.append(("coordinator", coordinator.byteCount))
    if let problem = coordinator.problem() {
      refusals.insert("rank 0 (coordinator): \(problem)", at: 0)
    }
    // Where hosts are named, nobody knows yet who will be where.
    if refusals.isEmpty, !mayLieElsewhere,
      let problem = MemoryNeeds.problem(
        ofHost: ProcessInfo.processInfo.hostName, needs, available: MachineMemory.hostByteCount)
    {
      refusals.append(problem)
    }
    var table = TextTable(["rank", "role", "sample", "train", "test", "parameters", "memory"])
    table.add([
      "0", "coordinator", "-", "-", "-", Numerals.grouped(configuration.coordinatorParameterCount),
      Numerals.bytes(coordinator.byteCount),
    ])
    for row in rows { table.add(row) }
    let names = configuration.modalities.map(\.name)
    lines =
      table.lines + absences
      + (pretrained.isEmpty ? [] : [""] + pretrained)
      + (joined.map { [""] + PresenceLines.of($0.rosters, names: names) } ?? []) + [
        "",
        "a turn: \(Numerals.bytes(traffic.down)) down to the modality, \(Numerals.bytes(traffic.up)) up to the coordinator",
      ] + configuration.methodNotes + [
        "memory: all that a rank holds at a time, with what layers make of a mini-batch, an evaluation's logits and a checkpoint's copy; the program takes some \(MachineMemory.text(MemoryNeeds.programByteCount)) more in each process"
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
    try joined.checkTraining(configuration)
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

  /// A worker's row, what it would tell, and what it needs.
  private static func worker(
    _ place: Int, _ layout: RankLayout, _ configuration: RunConfiguration
  ) throws -> (row: [String], inventory: Inventory, memory: MemoryNeeds, weights: [String]) {
    var configuration = configuration
    let assigned = configuration.modalities[place]
    let data = try ModalityData.open(
      assigned.source, root: configuration.data.root, classes: configuration.classes,
      seed: configuration.seed, media: configuration.data.media)
    let start = try EncoderStart(
      assigned, data: data, root: configuration.data.root, features: configuration.features)
    let modality = start.modality
    configuration.modalities[place] = modality
    let parameters = try modality.encoder.withVocabulary(data.tokenCount).parameterCounts(
      inputShape: data.train.sampleShape, features: configuration.features,
      training: modality.pretraining.training)
    _ = try modality.augmentation(of: data)
    let workers = layout.size - 1
    let threads = configuration.execution.threads ?? max(1, MPIWorld.coreCount / max(1, workers))
    let memory = try Threads.with(count: threads) {
      try configuration.workerMemory(of: place, data: data, start: start)
    }
    var inventory = modality.inventory(of: data, start: start, host: "")
    inventory.warnings += try configuration.shardWarnings(of: place, data: data)
    if let byteCount = try configuration.sharedFileByteCount(of: place, data: data) {
      let free = Numerals.bytes(LaunchDefaults.freeSharedMemory)
      inventory.notes.append(
        "has ranks \(Numerals.ranks(layout.groups[place])): on one host they share a file of "
          + "\(Numerals.bytes(byteCount)) in /dev/shm, where \(free) are free")
    }
    let row = [
      Numerals.ranks(layout.groups[place]), modality.name, data.train.sampleShape.description,
      Numerals.grouped(data.train.ids.count), Numerals.grouped(data.test.ids.count),
      Numerals.grouped(parameters.reduce(0, +)), Numerals.bytes(memory.byteCount),
    ]
    return (row, inventory, memory, start.lines)
  }
}
