import Exchange

/// Runs cases on this rank, and says at the coordinator how they went.
public struct Verifier {
  private let paths: [String]
  private let way: String
  private let sendsFactors: Bool
  private let say: (String) -> Void

  /// - Parameters:
  ///   - way: how the cases are run, for people: "one process".
  ///   - sendsFactors: whether workers send the factors of the head's gradient.
  ///   - say: where lines go.
  public init(
    _ paths: [String], way: String, sendsFactors: Bool = false,
    say: @escaping (String) -> Void = { print($0) }
  ) {
    self.sendsFactors = sendsFactors
    self.paths = paths
    self.way = way
    self.say = say
  }

  /// Runs every case, a line each.
  ///
  /// - Throws: `VerificationFailed` at the coordinator, at the end, if any case failed.
  public func run(on endpoint: Endpoint) throws {
    var failed: [String] = []
    for path in paths {
      let oracle = try OracleCase(path: path)
      guard endpoint.worldSize > oracle.modalityCount else {
        throw TooFewRanks(
          case: oracle.name, found: endpoint.worldSize, needed: oracle.modalityCount + 1)
      }
      guard let arrays = try CaseRun.run(oracle, sendsFactors: sendsFactors, on: endpoint)
      else { continue }
      let comparison = try CaseComparison(arrays, with: oracle)
      say(
        "\(comparison.passes ? "ok  " : "FAIL") \(oracle.name) (\(way)): \(comparison.arrayCount) arrays, worst \(Self.percent(comparison.worst)) of the tolerance in \(comparison.worstArray)"
      )
      for problem in comparison.problems { say("     \(problem)") }
      if !comparison.passes { failed.append(oracle.name) }
    }
    guard failed.isEmpty else { throw VerificationFailed(cases: failed) }
  }

  private static func percent(_ ratio: Double) -> String {
    ratio.isFinite ? "\((ratio * 1000).rounded() / 10) %" : "more than any part"
  }
}

/// A case has more modalities than the job has workers.
public struct TooFewRanks: Error, CustomStringConvertible {
  let `case`: String
  let found: Int
  let needed: Int

  /// The error as one sentence.
  public var description: String {
    "the job has \(found) ranks, but the case \(`case`) needs \(needed); start it with mpirun -np \(needed), or through ./launch"
  }
}

/// Some cases do not agree with the reference.
public struct VerificationFailed: Error, CustomStringConvertible {
  /// Their names.
  public let cases: [String]

  /// The error as one sentence.
  public var description: String {
    "\(cases.count) cases differ from the reference: \(cases.joined(separator: ", "))"
  }
}
