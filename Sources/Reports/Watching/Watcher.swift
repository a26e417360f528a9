import Foundation
import Runs
import Storage

/// Follows a run, or several below a folder, until they have ended or nobody wants to see more.
public final class Watcher {
  private let folder: String
  private var runs: [WatchedRun] = []
  private var shownLines = 0
  /// How often in a row nobody had the folder: over a shared file system what is seen may be a moment old.
  private var idleLooks = 0

  private static let secondsBetween = 1.0

  /// Follows what is in a folder.
  ///
  /// - Throws: `FileError` where there is no such folder.
  public init(_ folder: String) throws {
    self.folder = try folder.absolutePath()
    _ = try ModelFiles.names(in: self.folder)
  }

  /// What there is to see now, as lines without colours.
  public func page(width: Int) -> String {
    look()
    return text(width: width, height: nil, hasColour: false)
  }

  /// Shows what there is, again and again, until the runs have ended.
  ///
  /// - Parameter isAskedToEnd: whether somebody has asked for the end, with Ctrl-C.
  public func follow(until isAskedToEnd: () -> Bool) {
    let keyboard = Keyboard()
    defer { keyboard.restore() }
    while true {
      look()
      let size = Keyboard.terminalSize
      draw(text(width: size.columns, height: size.rows, hasColour: Terminal.output.hasColour))
      idleLooks = isIdle ? idleLooks + 1 : 0
      guard idleLooks < 2, !isAskedToEnd() else { return }
      if keyboard.isAskedToEnd(within: Self.secondsBetween) || isAskedToEnd() { return }
    }
  }

  private var isIdle: Bool {
    if case .process = FolderHolder(of: folder) { return false }
    return !runs.contains(where: \.isRunning)
  }

  private func look() {
    let known = Set(runs.map(\.directory.path))
    for path in RunFolders.all(below: folder) where !known.contains(path) {
      if let directory = try? RunDirectory(existing: path) { runs.append(WatchedRun(directory)) }
    }
    for run in runs where !(run.isOver && !run.isRunning) || run.epochs.isEmpty { run.look() }
  }

  private func text(width: Int, height: Int?, hasColour: Bool) -> String {
    var lines = WatchScreen(runs: runs, width: width, height: height).lines
    if lines.isEmpty { lines = [ScreenLine("\(Shown.plain(folder)): no run has begun here yet")] }
    if let height, lines.count > height - 1 { lines = Array(lines.prefix(max(1, height - 1))) }
    return lines.map { $0.text(width: width, hasColour: hasColour) + "\n" }.joined()
  }

  /// Puts a page in the place of the one before.
  private func draw(_ page: String) {
    let up = shownLines > 0 ? "\u{1B}[\(shownLines)A\r" : ""
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let text = lines.map { "\u{1B}[K\($0)\n" }.joined()
    Descriptors.write(up + text + "\u{1B}[J", to: STDOUT_FILENO)
    shownLines = lines.count
  }
}
