import Foundation

/// Times of the same thing, in seconds.
struct Times {
  private let sorted: [Double]

  init(_ times: [Double]) {
    precondition(!times.isEmpty)
    sorted = times.sorted()
  }

  var median: Double { quantile(0.5) }

  /// The time that this part of all does not exceed.
  func quantile(_ part: Double) -> Double {
    sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
  }

  /// Median and the range of nine in ten, in milliseconds.
  var milliseconds: String { text(scale: 1e3, digits: 2, unit: "ms") }
  /// The same in microseconds.
  var microseconds: String { text(scale: 1e6, digits: 1, unit: "us") }

  private func text(scale: Double, digits: Int, unit: String) -> String {
    let (low, high) = (quantile(0.05) * scale, quantile(0.95) * scale)
    return "\(decimals(median * scale, digits)) \(unit)"
      + " (\(decimals(low, digits))-\(decimals(high, digits)))"
  }
}

/// Now, in seconds; the same clock for all processes of a node.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Prints a table; columns are as wide as their widest cell.
func printTable(_ header: [String], _ rows: [[String]]) {
  let widths = header.indices.map { column in
    ([header] + rows).map { $0[column].count }.max() ?? 0
  }
  for row in [header] + rows {
    let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
    print("  " + cells.joined(separator: "   "))
  }
}

/// Leaves the core to others for so long.
func rest(seconds: Double) {
  guard seconds > 0 else { return }
  let end = now() + seconds
  var time = timespec(tv_sec: Int(end), tv_nsec: Int((end - end.rounded(.down)) * 1e9))
  while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
}
