import Configuration
import Foundation
import Storage

/// The folder of one run: the one place that knows the names of its files.
public struct RunDirectory: Sendable {
  /// The folder, absolute.
  public let path: String

  /// The resolved configuration.
  public var configuration: String { "\(path)/configuration.yaml" }
  /// Versions, processor, threads, ranks and hosts.
  public var environment: String { "\(path)/environment.json" }
  /// One JSON object an epoch.
  public var metrics: String { "\(path)/metrics.jsonl" }
  /// One JSON object a measured turn, where those are asked for.
  public var telemetry: String { "\(path)/telemetry.jsonl" }
  /// The folder of event files for TensorBoard, where those are asked for.
  public var tensorboard: String { "\(path)/\(Self.tensorboardName)" }
  /// Precision, recall and F1 of each class.
  public var classes: String { "\(path)/classes.csv" }
  /// Which class was taken for which, and how far probabilities could be believed.
  public var evaluation: String { "\(path)/evaluation.json" }
  /// The page that shows the run.
  public var report: String { "\(path)/report.html" }
  /// The logits of the final weights, where they are kept.
  public var logits: String { "\(path)/logits.safetensors" }
  /// Files of samples that were left out.
  public var leftOut: String { "\(path)/left-out.csv" }
  /// The fusion that was fitted at the end.
  public var fusion: String { "\(path)/fusion.json" }
  /// Which weights are the model, and how to rebuild it.
  public var model: String { "\(path)/model.json" }
  /// The seeds of several runs, each in a folder below.
  public var seeds: String { "\(path)/seeds.json" }
  /// The results, for scripts.
  public var summary: String { "\(path)/summary.json" }
  /// What was said while it ran.
  public var log: String { "\(path)/\(Self.logName)" }

  /// The folder that `--resume` takes: this one, or that of the several runs of which this is one.
  let whole: String

  /// Whether this process made the folder.
  private let isNew: Bool
  /// Whether there is a run in it that is not to be lost, whatever happens.
  private var isResumed: Bool
  /// The folder of a new run, held while it is needed.
  let held: HeldFolder?
  /// The right to write to the folder of a new run, until the run is over.
  let lock: FolderLock?
  /// What became of the folder of a new run; nil: it is where it was.
  var loss: FolderLoss? { held?.loss }

  /// The folder of a run that exists.
  public init(existing path: String) throws {
    self.path = try path.absolutePath()
    whole = self.path
    (isNew, isResumed) = (false, false)
    held = nil
    lock = nil
  }

  /// The folder of a run that goes on.
  ///
  /// - Parameter whole: the folder of the several runs of which this is one; nil: it is the only one.
  public init(resuming path: String, partOf whole: String? = nil) throws {
    try NamedPath.check(path, of: "--resume")
    self.path = try path.absolutePath()
    self.whole = whole ?? self.path
    (isNew, isResumed) = (false, true)
    held = try HeldFolder(self.path)
    lock = try FolderLock(self.path)
  }

  /// Makes the folder of a new run, or of several.
  ///
  /// Of several processes at once, at most one gets it.
  ///
  /// - Parameters:
  ///   - output: the folder that the user names; nil: a new one, `runs/lazy2-20261121-153000`.
  ///   - name: what a new one is called.
  /// - Throws: `RunError.occupied` where a run is already; nothing is ever overwritten.
  public init(output: String?, for name: String) throws {
    guard let output else {
      self = try Self.fresh(for: name)
      return
    }
    try NamedPath.check(output, of: "--output")
    try self.init(creating: output)
  }

  /// Makes the folder at `path`, or takes the empty one that is there.
  ///
  /// - Parameter whole: the folder of the several runs of which this is one; nil: it is the only one.
  public init(creating path: String, partOf whole: String? = nil) throws {
    let absolute = try path.absolutePath()
    let isNew = try ModelFiles.createFolder(absolute)
    guard let claimed = try Self(claiming: absolute, isNew: isNew, whole: whole ?? absolute) else {
      throw RunError.occupied(path)
    }
    self = claimed
  }

  /// A folder is whose who makes the log in it; nil if somebody else was there before.
  private init?(claiming path: String, isNew: Bool, whole: String) throws {
    self.path = path
    self.whole = whole
    (self.isNew, isResumed) = (isNew, false)
    held = try HeldFolder(path)
    guard try ModelFiles.names(in: path).allSatisfy({ $0 == FolderLock.fileName }) else {
      return nil
    }
    // Before the lock, which says that somebody is here, and not that the folder is taken for good.
    let log = "\(path)/\(Self.logName)"
    let descriptor = open(log, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      if errno == EEXIST { return nil }
      throw FileError.system(log, "cannot be created", errno)
    }
    close(descriptor)
    do {
      lock = try FolderLock(path)
    } catch {
      unlink(log)
      throw error
    }
  }

  /// A folder below `runs/` that nobody has yet.
  private static func fresh(for name: String) throws -> RunDirectory {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyyMMdd-HHmmss"
    let base = try "runs/\(name)-\(formatter.string(from: Date()))".absolutePath()
    var number = 1
    while true {
      let path = number == 1 ? base : "\(base)-\(number)"
      if try ModelFiles.createFolder(path),
        let made = try Self(claiming: path, isNew: true, whole: path)
      {
        return made
      }
      number += 1
    }
  }

  /// Removes the traces of a run that failed before it began, so that the same command, once what
  /// was wrong is put right, finds its folder free. A folder with results stays.
  func discard() {
    guard loss == nil, !isResumed else { return }
    lock?.release()
    for file in [seeds, configuration, metrics, telemetry, log] { unlink(file) }
    if isNew { rmdir(path) }
  }

  /// Removes what a run left that died before its first checkpoint, and its folder, so that it can begin
  /// anew.
  ///
  /// - Throws: `RunError.foreign` where there is something that no run writes.
  public func removeRemains() throws {
    let files = [
      configuration, environment, metrics, telemetry, classes, leftOut, logits, fusion, summary,
      evaluation, report, log,
    ]
    if access(heldOut, F_OK) == 0 { try RunDirectory(resuming: heldOut).removeRemains() }
    let known = files.map { String($0.dropFirst(path.count + 1)) }
    func checkNames(_ isKnown: (String) -> Bool) throws {
      let foreign = try ModelFiles.names(in: path).filter { !isKnown($0) }
      guard foreign.isEmpty else { throw RunError.foreign(path, names: foreign.sorted()) }
    }
    try checkNames {
      known.contains($0) || [FolderLock.fileName, "weights", Self.tensorboardName].contains($0)
        || $0.hasPrefix(".") && $0.hasSuffix(AtomicFile.temporarySuffix)
    }
    CheckpointFolder.sweep(path, keeping: [])
    for file in files { unlink(file) }
    rmdir(below("weights"))
    EventFile.removeAll(in: tensorboard)
    try checkNames { $0 == FolderLock.fileName }
    lock?.release()
    rmdir(path)
  }

  /// Makes several runs in this folder; where not even the first one begins, the folder is free
  /// again.
  func keptIfUsed<Result>(_ runs: () throws -> Result) throws -> Result {
    do {
      return try runs()
    } catch {
      let own = [log, configuration, seeds, below(FolderLock.fileName)]
      let names = try? ModelFiles.names(in: path).filter { !own.contains(below($0)) }
      if names == [] { discard() }
      throw error
    }
  }

  /// The same folder, with results that are not to be lost, whatever happens.
  var withResults: RunDirectory {
    var copy = self
    copy.isResumed = true
    return copy
  }

  /// The folder of the first of two trainings, where all samples are trained on once a fusion is fitted.
  public var heldOut: String { below(Self.heldOutName) }

  /// The folder of one of several runs.
  public func below(_ name: String) -> String { "\(path)/\(name)" }

  private static let logName = "log.txt"
  static let tensorboardName = "tensorboard"
  private static let heldOutName = "held-out"
}
