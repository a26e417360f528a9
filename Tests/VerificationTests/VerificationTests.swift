import Datasets
import Exchange
import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import Verification

/// The twelve cases of the reference implementation, run by this build.
@Suite(.serialized) struct VerificationTests {
  private let cases: [String]

  init() throws {
    let folder = try #require(Bundle.module.resourcePath) + "/Golden"
    cases = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".npz") }.sorted().map { "\(folder)/\($0)" }
  }

  /// What one process says of cases: a line each, or more where something is wrong.
  private func verify(
    _ paths: [String], ranks: Int = 4, sendsFactors: Bool = false
  ) throws -> [String] {
    Threads.count = 1
    let lines = Mutex<[String]>([])
    try OneProcess.run(ranks: ranks, deadline: .seconds(60)) { endpoint in
      let verifier = Verifier(paths, way: "HERE", sendsFactors: sendsFactors) { line in
        lines.withLock { $0.append(line) }
      }
      try verifier.run(on: endpoint)
    }
    return lines.withLock { $0 }
  }

  @Test func `all cases agree, in one process and over ranks, to the same digit`() async throws {
    #expect(cases.count == 12)
    let lines = try verify(cases)
    #expect(lines.count == 12 && lines.allSatisfy { $0.hasPrefix("ok   c") }, "\(lines)")
    for (path, line) in zip(cases, lines) {
      #expect(line.contains(URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent))
    }
    try await expectSameOverRanks(cases, lines)
  }

  @Test func `cases agree where workers send factors of gradients, features ahead`() throws {
    let possible = try cases.filter { path in
      let hgm = try OracleCase(path: path).hgm
      return !hgm.isEnabled || hgm.projected == .gradient && hgm.formula == .rls
    }
    #expect(possible.count == 10)
    let lines = try verify(possible, sendsFactors: true)
    #expect(lines.count == 10 && lines.allSatisfy { $0.hasPrefix("ok   c") }, "\(lines)")
  }

  @Test(arguments: ["out.loss", "out.final.P", "out.test.weights.entropy_logits", "out.W"])
  func `an expected array that is wrong fails its case and is named`(name: String) async throws {
    let scratch = try Scratch()
    let path = scratch["wrong.npz"]
    try Self.copy(cases[1], to: path) { array, values in
      // A thousandth of the largest value: ten times the tolerance, in one place.
      if array == name { values[values.count / 2] += 1e-3 * (values.map(abs).max() ?? 0) }
    }
    let failure = #expect(throws: VerificationFailed.self) { try verify([cases[0], path]) }
    #expect(failure?.description == "1 cases differ from the reference: wrong")
    let outcome = try await MPIRun.alone("antiphon", ["verify", "--one-process", cases[0], path])
    #expect(outcome.status == 1, "\(outcome)")
    #expect(
      outcome.errors == "antiphon: error: 1 cases differ from the reference: wrong\n")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("ok   c01_m2_no_hgm (one process): ") == true)
    #expect(lines.dropFirst().first?.hasPrefix("FAIL wrong (one process): 63 arrays, ") == true)
    #expect(lines.last?.contains("     \(name) deviates by ") == true, "\(outcome)")
  }

  @Test func `the copy of a case itself agrees`() throws {
    let scratch = try Scratch()
    try Self.copy(cases[9], to: scratch["copy.npz"]) { _, _ in }
    #expect(try verify([scratch["copy.npz"]]).first?.hasPrefix("ok   copy") == true)
  }

  @Test func `values that are not numbers must meet their like`() throws {
    #expect(CaseComparison.deviation(of: [.nan, 1], from: [.nan, 1]) == 0)
    #expect(CaseComparison.deviation(of: [0, 1], from: [.nan, 1]) == .infinity)
    #expect(CaseComparison.deviation(of: [.nan, 1], from: [0, 1]) == .infinity)
    #expect(CaseComparison.deviation(of: [1], from: [1, 1]) == .infinity)
    // 1e-4 of the largest magnitude, and 1e-6 on top.
    let ratio = CaseComparison.deviation(of: [1.0001, -2], from: [1, -2])
    #expect(abs(ratio - 1e-4 / 2.01e-4) < 1e-9)
  }

  @Test func `a damaged case is refused in one sentence by one rank`() async throws {
    let scratch = try Scratch()
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: cases[0])))
    try scratch.write(Array(whole.prefix(whole.count / 2)), to: "cut.npz")
    for arguments in [["verify", scratch["cut.npz"]], ["verify", scratch["none.npz"]]] {
      let outcome = try await MPIRun.ranks(4, "antiphon", arguments)
      #expect(outcome.status == 65, "\(outcome)")
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome)")
      #expect(outcome.errors.hasPrefix("antiphon: error: \(arguments[1]): "))
      #expect(outcome.output == "")
    }
  }

  @Test func `an array that is missing, or a job that is too small, is said`() async throws {
    let scratch = try Scratch()
    try Self.copy(cases[3], to: scratch["less.npz"], without: "step.offset") { _, _ in }
    let less = try await MPIRun.ranks(4, "antiphon", ["verify", scratch["less.npz"]])
    #expect(less.status == 65, "\(less)")
    #expect(less.errors.split(separator: "\n").count == 1, "\(less)")
    #expect(less.errors.contains("step.offset"))
    let small = try await MPIRun.ranks(3, "antiphon", ["verify", cases[3]])
    #expect(small.status == 70, "\(small)")
    #expect(
      small.errors
        == "antiphon: error: the job has 3 ranks, but the case c04_m3_lambda_power_reset_epoch needs 4; start it with mpirun -np 4, or through ./launch\n"
    )
  }

  /// Copies a case, with its expected arrays changed.
  static func copy(
    _ path: String, to copy: String, without omitted: String = "",
    _ change: (_ name: String, _ values: inout [Double]) -> Void
  ) throws {
    let file = try NPZFile(path: path)
    let entries = try file.names.filter { $0 != omitted }.map { name in
      let array = try file.array(name)
      guard name.hasPrefix("out.") else {
        if let integers = try? array.integers() {
          return (name, NPYWriter.bytes(integers.map(Int32.init), shape: array.shape))
        }
        return (name, NPYWriter.bytes(try array.doubles(), shape: array.shape))
      }
      var values = try array.doubles()
      change(name, &values)
      return (name, NPYWriter.bytes(values, shape: array.shape))
    }
    try StoredZip.bytes(entries.map { ("\($0).npy", $1) }).withUnsafeBytes {
      try Data($0).write(to: URL(fileURLWithPath: copy))
    }
  }
}

/// A zip archive whose entries are stored as they are.
enum StoredZip {
  static func bytes(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in entries {
      let sizes = little(Int(checksum(bytes)), 4) + little(bytes.count, 4) + little(bytes.count, 4)
      let common =
        little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) + sizes
        + little(name.utf8.count, 2) + little(0, 2)
      directory +=
        little(0x0201_4b50, 4) + little(20, 2) + common + little(0, 2) + little(0, 2)
        + little(0, 2) + little(0, 4) + little(archive.count, 4) + Array(name.utf8)
      archive += little(0x0403_4b50, 4) + common + Array(name.utf8) + bytes
    }
    let end =
      little(0x0605_4b50, 4) + little(0, 4) + little(entries.count, 2)
      + little(entries.count, 2) + little(directory.count, 4) + little(archive.count, 4)
      + little(0, 2)
    return archive + directory + end
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// CRC-32.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 {
        let isOdd = sum & 1 == 1
        sum >>= 1
        if isOdd { sum ^= 0xEDB8_8320 }
      }
    }
    return ~sum
  }
}
