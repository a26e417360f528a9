import Configuration
import Foundation
import Runs
import Storage

/// A run as it is seen from outside, looked at again and again.
final class WatchedRun {
  let directory: RunDirectory
  private(set) var configuration: RunConfiguration?
  private(set) var epochs: [EpochLine] = []
  private(set) var holder = FolderHolder.nobody
  private(set) var isOver = false
  /// What the run said last.
  private(set) var lastWord = ""
  /// When something last changed, as far as was seen.
  private(set) var lastNews = ContinuousClock.now
  private var lines: FollowedLines
  private var logSize = 0
  /// When the first epoch that was seen to come came, and how many have since.
  private var seen: (first: ContinuousClock.Instant, count: Int)?
  private var hasLooked = false

  init(_ directory: RunDirectory) {
    self.directory = directory
    lines = FollowedLines(directory.metrics)
  }

  /// Looks at the folder again.
  func look() {
    if configuration == nil {
      configuration = try? RunConfiguration.load(path: directory.configuration)
    }
    let (found, isAnew) = lines.next()
    if isAnew { (epochs, seen) = ([], nil) }
    let new = found.compactMap(EpochLine.init)
    epochs += new
    if !new.isEmpty {
      lastNews = .now
      if let known = seen {
        seen = (known.first, known.count + new.count)
      } else if hasLooked {
        seen = (.now, 0)
      }
    }
    readLog()
    holder = FolderHolder(of: directory.path)
    isOver = FolderFile(path: directory.summary).isThere
    hasLooked = true
  }

  /// Whether a process trains it, as far as can be told from here.
  var isRunning: Bool {
    if case .process = holder { true } else { false }
  }

  /// The epochs that are trained.
  var done: Int { epochs.last?.epoch ?? 0 }

  /// Seconds until the end at the pace of the last epochs; nil: that is unknown.
  func secondsLeft(now: ContinuousClock.Instant = .now) -> Double? {
    guard let asked = configuration?.epochs, done > 0, asked >= done else { return nil }
    let told = epochs.suffix(5).compactMap(\.seconds)
    guard !told.isEmpty else { return nil }
    var pace = told.reduce(0, +) / Double(told.count)
    // With what stands between epochs: evaluation, checkpoints.
    if let seen, seen.count > 0 {
      pace = max(pace, (lastNews - seen.first).inSeconds / Double(seen.count))
    }
    return max(0, Double(asked - done) * pace - (now - lastNews).inSeconds)
  }

  private func readLog() {
    let path = directory.log
    guard
      let file = try? ReadableFile(
        path, words: { FileError.reading(path, $0, other: "is no file") }),
      file.byteCount != logSize
    else { return }
    (logSize, lastNews) = (file.byteCount, .now)
    let start = max(0, file.byteCount - 4_096)
    guard let bytes = try? file.bytes(at: start, 4_096) else { return }
    let said = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    lastWord = said.last.map(String.init) ?? lastWord
  }
}

extension Duration {
  /// The same in seconds.
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
