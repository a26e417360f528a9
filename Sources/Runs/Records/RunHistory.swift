import Foundation
import Storage

/// What a run that is gone on with has written so far, cut back to its checkpoint: the epochs after it
/// are trained once more.
enum RunHistory {
  /// The bytes of `metrics.jsonl` that speak of the first `epochs` epochs.
  ///
  /// A line says which epoch it is of; lines are not counted. One that cannot be read, as a job that died
  /// may leave it, ends what is kept.
  static func keptMetrics(_ path: String, epochs: Int) -> Int {
    kept(of: path) { line in
      guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(line)),
        case .object(let members) = value, case .integer(let epoch) = members["epoch"]
      else { return false }
      return epoch <= epochs
    }
  }

  /// The bytes of `telemetry.jsonl` that speak of turns before a place in the run.
  static func keptTelemetry(_ path: String, before position: RunPosition) -> Int {
    kept(of: path) { line in
      guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(line)),
        case .object(let members) = value, case .integer(let epoch) = members["epoch"],
        case .integer(let cycle) = members["cycle"]
      else { return false }
      return (epoch - 1, cycle - 1) < (position.epoch, position.cycle)
    }
  }

  /// The bytes of `log.txt` before the first line of a later epoch, `epoch 13/30 · …`.
  static func keptLog(_ path: String, epochs: Int) -> Int {
    kept(of: path) { line in
      let text = String(decoding: line, as: UTF8.self)
      guard let match = text.prefixMatch(of: #/epoch ([0-9]+)/[0-9]+ · /#),
        let epoch = Int(match.output.1)
      else { return true }
      return epoch <= epochs
    }
  }

  /// The bytes of the whole lines in front of the first that `isKept` refuses.
  private static func kept(of path: String, _ isKept: (ArraySlice<UInt8>) -> Bool) -> Int {
    guard let data = FileManager.default.contents(atPath: path) else { return 0 }
    let bytes = Array(data)
    var end = 0
    while let newline = bytes[end...].firstIndex(of: UInt8(ascii: "\n")),
      isKept(bytes[end..<newline])
    {
      end = newline + 1
    }
    return end
  }
}
