import Foundation
import Storage

/// What a picture needs of a trace that was read back from its file.
struct DrawnTrace {
  /// A line of a rank.
  struct Lane: Hashable {
    let rank: Int
    let track: Int
  }

  /// A span; times are milliseconds.
  struct Span {
    let lane: Lane
    let name: String
    let begin: Double
    let end: Double
    /// nil: it belongs to none.
    let cycle: Int?
  }

  /// A message from one lane to another.
  struct Arrow {
    let from: (lane: Lane, time: Double)
    let to: (lane: Lane, time: Double)
  }

  /// The spans of each lane, in order of time, what holds others before them.
  private(set) var spans: [Lane: [Span]] = [:]
  private(set) var arrows: [Arrow] = []
  /// What the picture calls a rank, and its lines beside the first.
  private(set) var names: [Lane: String] = [:]

  /// Reads a trace that this program has written.
  init(path: String) throws {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw FileError.system(path, "cannot be read", errno)
    }
    let file = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any]
    guard let events = file?["traceEvents"] as? [[String: Any]] else {
      throw FileError(
        path, "is no trace: found no list of events in it, expected a file that --trace has written"
      )
    }
    var begun: [Int: (lane: Lane, time: Double)] = [:]
    var ended: [Int: (lane: Lane, time: Double)] = [:]
    for event in events {
      guard let rank = event["pid"] as? Int, let track = event["tid"] as? Int,
        let name = event["name"] as? String
      else { continue }
      let lane = Lane(rank: rank, track: track)
      let arguments = event["args"] as? [String: Any]
      let time = (event["ts"] as? Double).map { $0 / 1000 }
      switch (event["ph"] as? String, time, event["id"] as? Int) {
      case ("X", let time?, _):
        let duration = (event["dur"] as? Double ?? 0) / 1000
        spans[lane, default: []].append(
          Span(
            lane: lane, name: name, begin: time, end: time + duration,
            cycle: arguments?["cycle"] as? Int))
      case ("s", let time?, let id?): begun[id] = (lane, time)
      case ("f", let time?, let id?): ended[id] = (lane, time)
      case ("M", _, _):
        let isTold = track == 0 ? name == "process_name" : name == "thread_name"
        if isTold { names[lane] = arguments?["name"] as? String }
      default: continue
      }
    }
    arrows = begun.compactMap { id, from in ended[id].map { Arrow(from: from, to: $0) } }
  }

  /// When the coordinator served each cycle; of several runs, in the first.
  var cycles: [Int: ClosedRange<Double>] {
    var cycles: [Int: ClosedRange<Double>] = [:]
    var newest = 0
    for span in spans[Lane(rank: 0, track: 0)] ?? [] {
      guard let cycle = span.cycle else { continue }
      // The head of a cycle leaves before the one before it is settled; beyond that, cycles are counted anew.
      guard cycle >= newest - 1 else { break }
      newest = max(newest, cycle)
      let known = cycles[cycle] ?? span.begin...span.end
      cycles[cycle] = min(known.lowerBound, span.begin)...max(known.upperBound, span.end)
    }
    return cycles
  }
}
