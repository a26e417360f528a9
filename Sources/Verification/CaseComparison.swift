import Datasets

/// A run of a case, compared with what the reference stored.
///
/// An array agrees where `|found - expected| <= 1e-4 * max|expected| + 1e-6` in every element; what is
/// not a number must be so on both sides.
public struct CaseComparison: Sendable {
  /// The tolerance, relative to the largest magnitude of each array.
  public static let relativeTolerance = 1e-4
  /// What is allowed on top, for arrays of zeros.
  public static let absoluteTolerance = 1e-6

  /// The number of arrays compared.
  public let arrayCount: Int
  /// The array that deviates most.
  public let worstArray: String
  /// Its deviation, as a part of the tolerance: above 1 it fails.
  public let worst: Double
  /// What is wrong, a line each.
  public let problems: [String]

  /// Whether everything agrees.
  public var passes: Bool { problems.isEmpty && arrayCount > 0 }

  /// Compares every `out.*` array of the case.
  public init(_ found: [String: [Double]], with oracle: OracleCase) throws {
    var worst = (name: "-", ratio: 0.0)
    var problems: [String] = []
    let names = oracle.file.names.filter { $0.hasPrefix("out.") }.sorted()
    for name in names {
      guard let values = found[name] else {
        problems.append("\(name) was not computed")
        continue
      }
      let ratio = Self.deviation(of: values, from: try oracle.file.array(name).doubles())
      if ratio > worst.ratio { worst = (name, ratio) }
      if !(ratio <= 1) { problems.append("\(name) deviates by \(ratio) times the tolerance") }
    }
    arrayCount = names.count
    worstArray = worst.name
    self.worst = worst.ratio
    self.problems = problems
  }

  /// The largest deviation of any element, as a part of the array's tolerance.
  static func deviation(of found: [Double], from expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let scale = expected.lazy.filter(\.isFinite).map(abs).max() ?? 0
    let tolerance = relativeTolerance * scale + absoluteTolerance
    var largest = 0.0
    for (found, expected) in zip(found, expected) {
      guard found.isFinite == expected.isFinite else { return .infinity }
      if expected.isFinite { largest = max(largest, abs(found - expected) / tolerance) }
    }
    return largest
  }
}
