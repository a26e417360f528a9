import Foundation
import Schemas
import Storage
import TestSupport
import Testing

@testable import Runs

/// Curves as TensorBoard reads them.
@Suite struct EventFileTests {
  @Test func `checksums are those of RFC 3720`() {
    // Section B.4, and the usual check word.
    #expect(CRC32C.sum(of: [UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.sum(of: [UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.sum(of: 0..<32) == 0x46DD_794E)
    #expect(CRC32C.sum(of: Array("123456789".utf8)) == 0xE306_9283)
  }

  @Test func `a run that goes on writes what TensorBoard's own writer would`() throws {
    let golden = try #require(
      Bundle.module.url(forResource: "Golden/events.bin", withExtension: nil))
    let scratch = try Scratch()
    try scratch.write("", to: "run/log.txt")
    let file = EventFile(of: try RunDirectory(existing: scratch["run"]), after: 3)
    let line: JSONValue = [
      "epoch": 4, "seconds": 3, "training": ["a": ["loss": .number(0.1)]],
    ]
    try file.append(line, at: 1.5)
    let name = try #require(scratch.names(in: "run/tensorboard").first)
    #expect(name.hasPrefix("events.out.tfevents.1."))
    // The golden event of the epoch came later than the file.
    var summary = Tensorboard_Event()
    (summary.wallTime, summary.step) = (2.25, 4)
    summary.summary.value = CurveScalars.of(line).scalars.map { tag, value in
      var entry = Tensorboard_Summary.Value()
      (entry.tag, entry.simpleValue) = (tag, Float(value))
      return entry
    }
    let expected = Array(try Data(contentsOf: golden))
    let own = try EventFile.record(summary)
    #expect(Array(expected.suffix(own.count)) == own)
    let found = try scratch.bytes("run/tensorboard/\(name)")
    #expect(found.count == expected.count)
    #expect(found.prefix(found.count - own.count) == expected.prefix(expected.count - own.count))
  }

  @Test func `a file is made with its first epoch, and another never takes its name`() throws {
    let scratch = try Scratch()
    let files = (0..<3).map { _ in EventFile(in: scratch["events"]) }
    #expect(scratch.names(in: "events").isEmpty)
    for file in files { try file.append(["epoch": 1], at: 7) }
    #expect(scratch.names(in: "events").count == 3)
    EventFile.removeAll(in: scratch["events"])
    #expect(scratch.names() == [])
  }

  @Test func `a run whose folder is gone has no file in its place`() throws {
    let scratch = try Scratch()
    try scratch.write("", to: "run/log.txt")
    let file = EventFile(of: try RunDirectory(existing: scratch["run"]))
    try scratch.remove("run")
    #expect(throws: FileError.self) { try file.append(["epoch": 1]) }
    #expect(scratch.names() == [])
  }

  @Test func `numbers are grouped by what they measure`() {
    let line: JSONValue = [
      "epoch": 3, "seconds": .number(0.5), "split": "validation",
      "training": ["a": ["loss": .number(1), "accuracy": .null]],
      "modalities": ["a": ["loss": .number(2), "samples": 7]],
      "fused": ["energy": ["accuracy": .number(0.25)]],
      "learning_rate": ["a": .number(0.1), "head": .number(0.2)],
      "head": ["projector_norms": [.number(4), .number(.nan)], "weight_norm": .number(5)],
      "order": ["b", "a"], "test": ["fused": ["joint": ["accuracy": 1]]],
    ]
    let (epoch, scalars) = CurveScalars.of(line)
    #expect(epoch == 3)
    let expected = [
      "accuracy/test/fused joint": 1, "accuracy/validation/fused energy": 0.25,
      "head/projector_norms/0": 4, "head/weight_norm": 5, "learning_rate/a": 0.1,
      "learning_rate/head": 0.2, "loss/training/a": 1, "loss/validation/a": 2,
      "samples/validation/a": 7, "seconds": 0.5,
    ]
    #expect(Dictionary(uniqueKeysWithValues: scalars.map { ($0.tag, $0.value) }) == expected)
    #expect(scalars.map(\.tag) == expected.keys.sorted())
  }

  @Test func `metrics become curves, and what is none is refused`() throws {
    let scratch = try Scratch()
    try scratch.write("{\"epoch\":1,\"seconds\":2}\n{\"epoch\":2}\n", to: "run/metrics.jsonl")
    let run = try RunDirectory(existing: scratch["run"])
    let made = try CurveExport.write(run, to: scratch["curves"])
    #expect(made.epochCount == 2 && scratch.names(in: "curves").count == 1)
    func refusal(_ text: String, to folder: String) -> String {
      do {
        try scratch.write(text, to: "run/metrics.jsonl")
        _ = try CurveExport.write(run, to: scratch[folder])
        return "none"
      } catch {
        return "\(error)".replacing(scratch.path + "/", with: "")
      }
    }
    #expect(refusal("{\"epoch\":1}", to: "curves").hasPrefix("curves: is not empty"))
    for text in ["", "{\"epoch\":0}", "[1]", "{\"epoch\":1}\n\u{0}\n", "{\"epoch\":1"] {
      let sentence = refusal(text, to: "new")
      #expect(sentence.hasPrefix("run/metrics.jsonl"), "\(sentence)")
      #expect(scratch.names(in: "new").isEmpty)
    }
    try scratch.remove("run/metrics.jsonl")
    #expect(throws: FileError.self) { try CurveExport.write(run, to: scratch["new"]) }
  }
}
