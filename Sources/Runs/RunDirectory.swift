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
  /// Precision, recall and F1 of each class.
  public var classes: String { "\(path)/classes.csv" }
  /// Which weights are the model, and how to rebuild it.
  public var model: String { "\(path)/model.json" }
  /// The results, for scripts.
  public var summary: String { "\(path)/summary.json" }
  /// What was said while it ran.
  public var log: String { "\(path)/log.txt" }

  /// The folder of a run that exists.
  public init(existing path: String) {
    self.path = Self.absolute(path)
  }

  /// Makes the folder of a new run.
  ///
  /// - Throws: `RunError.occupied` where a run is already; nothing is ever overwritten.
  public init(creating path: String) throws {
    self.path = Self.absolute(path)
    let contents = (try? FileManager.default.contentsOfDirectory(atPath: self.path)) ?? []
    guard contents.isEmpty else { throw RunError.occupied(path) }
    try ModelFiles.createFolder(self.path)
  }

  /// Removes the traces of a run that failed before it began, so that the same command, once what
  /// was wrong is put right, finds its folder free.
  func discard() {
    for file in [configuration, metrics, log] { try? FileManager.default.removeItem(atPath: file) }
    rmdir(path)
  }

  /// A name for a run that was given none: `runs/lazy2-20261121-153000`.
  public static func fresh(for name: String) -> String {
    let now = Date()
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyyMMdd-HHmmss"
    let base = "runs/\(name)-\(formatter.string(from: now))"
    var candidate = base
    var number = 2
    while FileManager.default.fileExists(atPath: candidate) {
      candidate = "\(base)-\(number)"
      number += 1
    }
    return candidate
  }

  /// The folder of one of several runs.
  public func below(_ name: String) -> String { "\(path)/\(name)" }

  private static func absolute(_ path: String) -> String {
    let start = path.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath + "/"
    return URL(fileURLWithPath: start + path).standardizedFileURL.path
  }
}
