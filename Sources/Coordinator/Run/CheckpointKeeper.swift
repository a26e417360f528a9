import Configuration
import Exchange
import Storage
import Tensors

/// Writes the run's checkpoints with the workers, one at a time, while training goes on.
///
/// A checkpoint is there when its manifest is: that is written when every rank has said that its part is
/// on its disk, and it is the model when `model.json` names it, which comes after that.
final class CheckpointKeeper {
  /// A checkpoint on its way.
  private struct Writing {
    let segment: Int
    let directive: Directive
    let position: RunPosition
    let seconds: Double
    let kept: RunPosition?
    let own: BackgroundWork<[CheckpointFile]>
    var parts: [CheckpointPart?]
    var commit: BackgroundWork<Void>?
  }

  /// The folders of checkpoints to be removed on the workers' hosts too.
  private var superseded: [String] = []

  private let session: CoordinatorSession
  private let team: Team
  private let cyclesPerEpoch: Int
  private var writing: Writing?
  /// The checkpoints that stand, the oldest first.
  private var standing: [String]
  /// Which others each of them needs: that of the model kept so far, those with parts of modalities that were absent.
  private var needs: [String: [String]] = [:]
  /// Called with a checkpoint that could not be written.
  var lost: (_ folder: String) -> Void = { _ in }
  /// Those of an earlier job that cannot be used, which go once there is a new one.
  private var damaged: [String]
  /// What was written last of the modalities that the run goes on without.
  private let absent: [Int: CheckpointManifest.Part]

  init(
    _ session: CoordinatorSession, team: Team, cyclesPerEpoch: Int, origin: RunOrigin?
  ) {
    self.session = session
    self.team = team
    self.cyclesPerEpoch = cyclesPerEpoch
    standing = origin?.standing ?? []
    damaged = origin?.damaged ?? []
    absent = origin?.absent ?? [:]
    for folder in standing {
      needs[folder] = (try? CheckpointManifest(of: "\(session.runDirectory)/\(folder)"))?.needed
    }
  }

  /// Whether none is on its way.
  var isIdle: Bool { writing == nil }

  /// Sees to it that a directive orders no checkpoint that cannot be, and removes what is over.
  func prepare(_ directive: inout Directive) {
    directive.superseded = superseded
    superseded = []
    guard !directive.checkpoint.isEmpty else { return }
    guard !session.runDirectory.isEmpty else {
      directive.checkpoint = ""
      return
    }
    // Said once for all ranks, before any of them looks for it.
    if let loss = session.heldFolder?.loss {
      session.observer.saveFailed(
        directive.end(cyclesPerEpoch: cyclesPerEpoch), isLast: isLast(directive),
        problems: ["\(loss)"])
      directive.checkpoint = ""
    }
  }

  /// Whether a directive's checkpoint is the run's last; an evaluation may come after it.
  private func isLast(_ directive: Directive) -> Bool {
    directive.isLast
      || directive.end(cyclesPerEpoch: cyclesPerEpoch).epoch >= session.configuration.epochs
  }

  /// Begins to write the coordinator's part of the checkpoint that a directive orders; one before it has been
  /// waited for.
  ///
  /// - Parameter kept: where the run was when it had the model that it keeps; nil: it keeps the last.
  func cut(
    _ directive: Directive, segment: Int, weights: [NamedState], rest: [NamedState],
    seconds: Double, keeping kept: RunPosition?
  ) throws {
    var part = PartSnapshot()
    let position = directive.end(cyclesPerEpoch: cyclesPerEpoch)
    // Methods whose heads belong to the workers have none here.
    if !weights.isEmpty {
      part.add(
        ModelFiles.head, weights, metadata: ["epochs": "\(position.epoch)"], isSealed: true)
    }
    part.add(ModelFiles.coordinatorState, rest)
    let (folder, run, held) = (directive.checkpoint, session.runDirectory, session.heldFolder)
    let own = BackgroundWork { [part] in
      try ModelFiles.createFolder(folder, belowRun: run, held: held)
      return try Trace.span("write checkpoint", on: .writer) {
        try part.write(to: "\(run)/\(folder)")
      }
    }
    writing = Writing(
      segment: segment, directive: directive, position: position, seconds: seconds, kept: kept,
      own: own, parts: session.layout.leaders.map { _ in nil })
  }

  /// Goes on with the checkpoint that is on its way, as far as that is possible now.
  ///
  /// - Parameter waiting: whether to wait until it stands, or has failed.
  func collect(waiting: Bool = false) throws {
    guard var current = writing else { return }
    for (place, leader) in session.layout.leaders.enumerated() where current.parts[place] == nil {
      let number = current.segment
      guard waiting || session.endpoint.hasEarly(.checkpoint, number: number, from: leader)
      else { continue }
      current.parts[place] = try session.endpoint.receive(
        CheckpointPart(), number: number, from: leader)
    }
    writing = current
    guard current.parts.allSatisfy({ $0 != nil }), waiting || current.own.isOver else { return }
    if current.commit == nil {
      guard let commit = try beginCommit(current) else { return }
      writing?.commit = commit
      current.commit = commit
    }
    guard let commit = current.commit, waiting || commit.isOver else { return }
    try finish(current, commit)
  }

  /// Writes the manifest beside the parts; nil where a part is missing.
  private func beginCommit(_ current: Writing) throws -> BackgroundWork<Void>? {
    var problems = zip(session.layout.leaders, current.parts).compactMap { leader, part in
      part.flatMap { part in
        part.problem.isEmpty
          ? nil : "\(session.endpoint.name(of: leader)): \(part.problem)"
      }
    }
    do {
      let own = try current.own.value()
      guard problems.isEmpty else {
        fail(current, problems)
        return nil
      }
      let manifest = manifest(of: current, own: own)
      let (folder, run) = (current.directive.checkpoint, session.runDirectory)
      let saved = saved(current.kept ?? current.position)
      return BackgroundWork { [nameModel = session.nameModel] in
        try Trace.span("commit checkpoint", on: .writer) {
          try manifest.write(to: "\(run)/\(folder)")
          try nameModel(saved)
        }
      }
    } catch let error where !(error is ExchangeError) {
      problems.append(String(describing: error))
      fail(current, problems)
      return nil
    }
  }

  private func finish(_ current: Writing, _ commit: BackgroundWork<Void>) throws {
    do {
      try commit.value()
    } catch let error where !(error is ExchangeError) {
      return fail(current, [String(describing: error)])
    }
    writing = nil
    session.observer.saved(saved(current.position))
    let name = current.directive.checkpoint
    standing = standing.filter { $0 != name } + [name]
    needs[name] =
      (current.kept.map { [CheckpointFolder.name(at: $0)] } ?? []) + absent.values.map(\.folder)
    let needed = neededFolders
    for old in damaged + standing where !needed.contains(old) {
      CheckpointFolder.remove(old, of: session.runDirectory)
      superseded.append(old)
      needs[old] = nil
    }
    standing = standing.filter(needed.contains)
    damaged = []
  }

  /// The last checkpoints, as many as are kept, and those that they need.
  private var neededFolders: Set<String> {
    var needed = Set(absent.values.map(\.folder))
    var left = Array(standing.suffix(session.configuration.checkpoint.keep))
    while let folder = left.popLast() {
      if needed.insert(folder).inserted { left += needs[folder] ?? [] }
    }
    return needed
  }

  /// A part of a checkpoint is of no use, and room may be what is lacking.
  private func fail(_ current: Writing, _ problems: [String]) {
    writing = nil
    CheckpointFolder.remove(current.directive.checkpoint, of: session.runDirectory)
    superseded.append(current.directive.checkpoint)
    lost(current.directive.checkpoint)
    // Where the run's folder is gone, that is the reason of all ranks.
    let loss = session.heldFolder?.loss
    session.observer.saveFailed(
      current.position, isLast: isLast(current.directive),
      problems: loss.map { ["\($0)"] } ?? problems)
  }

  private func saved(_ position: RunPosition) -> SavedWeights {
    SavedWeights(
      position: position, folder: CheckpointFolder.name(at: position),
      modalities: team.savedModalities(of: session.configuration),
      validationCount: team.facts.validationCount)
  }

  private func manifest(of current: Writing, own: [CheckpointFile]) -> CheckpointManifest {
    let coordinator = CheckpointManifest.Part(
      role: "coordinator", host: session.host, arithmetic: .here, threads: Threads.count,
      data: team.roster.groupsDigest, sampleShape: [], files: own)
    let names = session.configuration.modalities.map(\.name)
    let workers = names.indices.map { modality in
      if let part = absent[modality] { return part }
      let inventory = team.inventories[modality]
      return CheckpointManifest.Part(
        role: names[modality], host: inventory.host, arithmetic: inventory.arithmetic,
        threads: inventory.threads, data: inventory.digest, sampleShape: inventory.sampleShape,
        files: current.parts[modality]?.files ?? [])
    }
    return CheckpointManifest(
      progress: current.position, cyclesPerEpoch: cyclesPerEpoch, seconds: current.seconds,
      configuration: session.configuration.yaml, parts: [coordinator] + workers,
      kept: current.kept.map(CheckpointFolder.name) ?? "")
  }
}
