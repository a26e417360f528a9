import Glibc

/// The folders of a run's checkpoints: what they are called, which there are, which go.
///
/// A checkpoint is a folder of its own below the run's, `weights/epoch-0012`, or
/// `weights/epoch-0012-cycle-00034` in the middle of epoch 13. Each rank writes its files there, on a
/// disk that all hosts share or on its own; the coordinator writes the manifest when all are there.
public enum CheckpointFolder {
  /// The file that makes a folder a checkpoint.
  public static let manifest = "checkpoint.json"
  /// The folder of all of them, below the run's.
  private static let parent = "weights"

  /// The folder of a checkpoint, below the run's.
  public static func name(at position: RunPosition) -> String {
    let epoch = "\(parent)/epoch-\(padded(position.epoch, 4))"
    return position.cycle == 0 ? epoch : "\(epoch)-cycle-\(padded(position.cycle, 5))"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// The place in a run that a folder below the run's speaks of; nil: it is no checkpoint's.
  public static func position(of folder: String) -> RunPosition? {
    guard folder.hasPrefix("\(parent)/") else { return nil }
    return position(ofName: folder.dropFirst(parent.count + 1))
  }

  private static func position(ofName name: Substring) -> RunPosition? {
    let words = name.split(separator: "-", omittingEmptySubsequences: false)
    switch words.count {
    case 2 where words[0] == "epoch":
      return Int(words[1]).map { RunPosition(epoch: $0) }
    case 4 where words[0] == "epoch" && words[2] == "cycle":
      guard let epoch = Int(words[1]), let cycle = Int(words[3]) else { return nil }
      return RunPosition(epoch: epoch, cycle: cycle)
    default: return nil
    }
  }

  /// The checkpoints of a run that have a manifest, the newest first, as folders below the run's.
  public static func all(in run: String) -> [String] {
    folders(in: run).filter { access("\(run)/\($0)/\(manifest)", F_OK) == 0 }
  }

  private static func folders(in run: String) -> [String] {
    let names = (try? ModelFiles.names(in: "\(run)/\(parent)")) ?? []
    let placed = names.compactMap { name in position(ofName: name[...]).map { ($0, name) } }
    return placed.sorted { $0.0 > $1.0 }.map { "\(parent)/\($0.1)" }
  }

  /// Removes a checkpoint: the manifest first, so that what is left of it is none.
  public static func remove(_ name: String, of run: String) {
    unlink("\(run)/\(name)/\(manifest)")
    FaultPoint.passed("\(run)/\(name)")
    ModelFiles.removeFolder("\(run)/\(name)")
  }

  /// Removes what jobs that died left of checkpoints that were never whole, and of other files of the
  /// run.
  ///
  /// - Parameter kept: folders below the run's that stay.
  public static func sweep(_ run: String, keeping kept: [String]) {
    for name in folders(in: run) where !kept.contains(name) { remove(name, of: run) }
    ModelFiles.removeUnfinished(in: run)
  }

  /// Whether a manifest may name such a file: one in its own folder.
  static func isFileName(_ name: String) -> Bool {
    name.hasSuffix(".safetensors") && !name.contains("/") && !name.contains("\0")
  }
}
