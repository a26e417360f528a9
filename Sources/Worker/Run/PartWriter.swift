import Exchange
import Storage
import Tensors

/// The folder of a run as one host knows it.
struct RunFolder {
  /// Its path, the same on every host.
  let path: String
  /// The folder as it was at the start; nil: there was none, and this host makes its own.
  let held: HeldFolder?
}

/// Writes a worker's parts of checkpoints, one at a time, while the worker trains on.
final class PartWriter {
  private let folder: RunFolder
  private let endpoint: Endpoint
  private var underWay: (segment: Int, work: BackgroundWork<[CheckpointFile]>)?

  init(_ folder: RunFolder, endpoint: Endpoint) {
    self.folder = folder
    self.endpoint = endpoint
  }

  /// Begins to write a part; one before it is waited for first.
  func begin(_ part: PartSnapshot, of directive: Directive, _ segment: Int) throws {
    try tell(waiting: true)
    let (name, run, held) = (directive.checkpoint, folder.path, folder.held)
    let work = BackgroundWork {
      // Where the folder is on another host's disk only, this host has one of its own.
      if held == nil { try ModelFiles.createFolder(run) }
      try ModelFiles.createFolder(name, belowRun: run, held: held)
      return try Trace.span("write checkpoint", on: .writer) {
        try part.write(to: "\(run)/\(name)")
      }
    }
    underWay = (segment, work)
  }

  /// Tells the coordinator what became of the part, if it is written.
  ///
  /// - Parameter waiting: whether to wait for it.
  func tell(waiting: Bool) throws {
    guard let (segment, work) = underWay, waiting || work.isOver else { return }
    var part = CheckpointPart()
    do {
      part.files = try work.value()
    } catch let error where !(error is ExchangeError) {
      part.problem = String(describing: error)
    }
    underWay = nil
    try endpoint.send(part, number: segment, to: 0)
  }

  /// Removes what this host has of checkpoints that are no longer needed.
  func remove(_ folders: [String]) {
    for name in folders { CheckpointFolder.remove(name, of: folder.path) }
  }
}
