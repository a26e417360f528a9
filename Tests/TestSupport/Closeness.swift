import Testing

/// Expects two arrays to agree within `tolerance` times the largest expected magnitude.
public func expectClose(
  _ found: [Float], _ expected: [Float], relative tolerance: Double = 1e-5,
  _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(
    found.map(Double.init), expected.map(Double.init), relative: tolerance, what,
    sourceLocation: sourceLocation)
}

/// Expects two arrays to agree within `tolerance` times the largest expected magnitude.
public func expectClose(
  _ found: [Double], _ expected: [Double], relative tolerance: Double = 1e-12,
  _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.count == expected.count else {
    Issue.record(
      "\(what): \(found.count) values, expected \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  let scale = max(expected.map(abs).max() ?? 0, 1e-30)
  for (index, pair) in zip(found, expected).enumerated() {
    let isClose = abs(pair.0 - pair.1) <= tolerance * scale
    if !isClose {
      Issue.record(
        "\(what)[\(index)] is \(pair.0), expected \(pair.1) within \(tolerance) of \(scale)",
        sourceLocation: sourceLocation)
      return
    }
  }
}
