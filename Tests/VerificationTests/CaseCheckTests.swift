import Datasets
import Foundation
import TestSupport
import Testing

@testable import Verification

/// Cases whose arrays or options do not fit each other are refused before anything is run.
@Suite struct CaseCheckTests {
  /// The case `c02_m2_default`, with one array changed: its integers, its values or its text.
  private func refusal(
    _ changed: String, case name: String = "c02_m2_default",
    integers: ([Int]) -> [Int] = { $0 }, values: ([Double]) -> [Double] = { $0 },
    text: (String) -> String = { $0 }
  ) throws -> String {
    let scratch = try Scratch()
    let folder = try #require(Bundle.module.resourcePath) + "/Golden"
    let file = try NPZFile(path: "\(folder)/\(name).npz")
    let entries = try file.names.map { name in
      let array = try file.array(name)
      guard name == changed else {
        let whole = try? array.integers().map(Int32.init)
        return (
          "\(name).npy",
          try whole.map { NPYWriter.bytes($0, shape: [$0.count]) }
            ?? NPYWriter.bytes(array.doubles(), shape: [array.count])
        )
      }
      if array.type.kind == .float {
        let new = values(try array.doubles())
        return ("\(name).npy", NPYWriter.bytes(new, shape: [new.count]))
      }
      var new = integers(try array.integers())
      if name == "config" {
        new = text(String(decoding: new.map { UInt8($0) }, as: UTF8.self)).utf8.map { Int($0) }
      }
      return ("\(name).npy", NPYWriter.bytes(new.map(Int32.init), shape: [new.count]))
    }
    try scratch.write(StoredZip.bytes(entries), to: "a.npz")
    do {
      _ = try OracleCase(path: scratch["a.npz"])
      return "taken"
    } catch {
      return "\(error)".replacing(scratch["a.npz"], with: "a.npz")
    }
  }

  @Test func `a sound case is taken`() throws {
    #expect(try refusal("") == "taken")
    #expect(try refusal("", case: "c09_m2_conv_linear") == "taken")
    #expect(try refusal("", case: "c10_m3_missing") == "taken")
  }

  @Test(arguments: [
    ("init.head.W", "a.npz:init.head.W: has 31 values, but the case's options need 4 x 8"),
    ("init.enc1.p3", "a.npz:init.enc1.p3: has 7 values, but the case's options need 8"),
    ("x0", "a.npz:x0: has 459 values, but the case's options need 46 x 10"),
  ]) func `an array with a value too few is refused`(name: String, sentence: String) throws {
    #expect(try refusal(name, values: { $0.dropLast() }) == sentence)
  }

  @Test func `labels, rows and steps that lead nowhere are refused`() throws {
    #expect(
      try refusal("y", integers: { [4] + $0.dropFirst() })
        == "a.npz:y: value 0 is 4, expected 0 to 3")
    #expect(
      try refusal("step.rows", integers: { [-1] + $0.dropFirst() })
        == "a.npz:step.rows: value 0 is -1, expected 0 to 45")
    #expect(
      try refusal("step.modality", integers: { [2] + $0.dropFirst() })
        == "a.npz:step.modality: value 0 is 2, expected 0 to 1")
    #expect(
      try refusal("step.offset", integers: { [$0[1]] + $0.dropFirst() }) == "taken",
      "an empty step is one")
    #expect(
      try refusal("step.offset", integers: { [$0[2]] + $0.dropFirst() })
        == "a.npz:step.offset: has a step from row 24 to 12, expected at most 12 rows forward")
    #expect(
      try refusal("step.n_batches", integers: { $0.map { _ in 1_000_000_000 } })
        == "a.npz:step.n_batches: does not make 24 steps of 3 epochs and 2 modalities")
    #expect(
      try refusal("present_t", integers: { $0.dropLast() })
        == "a.npz:present_t: has 79 values, but the case's options need 40 x 2")
  }

  @Test(arguments: [
    (
      #""classes": 4"#, #""classes": 0"#,
      "classes: found 0, expected a whole number from 1 to 1048576"
    ),
    (
      #""batch": 12"#, #""batch": -1"#, "batch: found -1, expected a whole number from 1 to 1048576"
    ),
    (
      #""sizes": [10, 12, 8]"#, #""sizes": [10, -12, 8]"#,
      "modalities[0]: found a size of -12, expected 1 to 65536"
    ),
    (
      #""sizes": [10, 12, 8]"#, #""sizes": [10, 12, 9]"#,
      "modalities[1]: found 8 features, expected 9, as of the first"
    ),
    (
      #""decay_epoch": 2"#, #""decay_epoch": 0"#,
      "optimizer: decay_epoch: found 0, expected a whole number from 1 to 1048576"
    ),
    (
      #""batch": 12"#, #""batch": 47"#, "batch: found 47, expected at most 46, the training samples"
    ),
    (#""lambda": 0.1"#, #""lambda": 0"#, "hgm: lambda: found 0.0, expected a number above 0"),
    (
      #""seed": 2"#, #""fusion": {"fixed_weights": [0.55]}"#,
      "fusion: fixed_weights: found 1 number, expected 2 numbers"
    ),
    (
      #""epochs": 3"#, #""epochs": "a\nb""#,
      #"the option 'epochs' is a\u{a}b, which is of another kind than expected"#
    ),
  ]) func `an option that cannot be is refused`(
    old: String, new: String, sentence: String
  ) throws {
    let found = try refusal(
      "config", text: { $0.replacing(old, with: new.replacing("\n", with: "\\n")) })
    #expect(found == "a.npz: \(sentence)")
  }
}
