import Configuration
import Datasets
import Foundation
import Storage
import TestSupport
import Testing

@testable import Prediction
@testable import Runs

/// What a model cannot be asked is said in one sentence, and what cannot be read costs no other sample.
@Suite struct RefusalTests {
  private let model: TrainedModel

  init() throws { model = try TrainedModel() }

  private func refusal(
    _ inputs: [String: UnlabelledInput], of folder: String = "run"
  ) -> String {
    do {
      _ = try Predictor(model: model.scratch[folder]).predict(inputs)
      return "nothing"
    } catch {
      return "\(error)".replacing(model.scratch.path + "/", with: "")
    }
  }

  private func array(_ name: String, ids: String? = nil) -> UnlabelledInput {
    .listed(path: model.scratch["data/\(name)"], ids: ids.map { model.scratch["data/\($0)"] })
  }

  @Test func `questions that do not fit the model`() throws {
    #expect(
      refusal(["d": .text("x")]) == "the model has no modality 'd'; its modalities are a, b, c")
    #expect(
      refusal([:])
        == "no samples are given: name those of one modality or more (a, b, c) with --data NAME=PATH, or one sample with --input NAME=VALUE"
    )
    #expect(
      refusal(["a": array("b.test.npy")])
        == "data/b.test.npy: has the shape [23, 3], expected [samples] and then [5], as in training"
    )
    #expect(
      refusal(["a": array("a.test.npy"), "b": array("b.train.npy")])
        == "modality a has 23 rows and modality b 42 rows, and nothing but their numbers says which belong together; name the rows (--ids NAME=FILE)"
    )
    #expect(
      refusal(["c": .text("x"), "a": array("a.test.npy")])
        == "one sample is named (--input, --audio, --image, --video, --text), and many (--data); use one or the other"
    )
    #expect(
      refusal(["a": .values([[1, 2]])])
        == "sample 0: has 2 values, expected 5, those of 5")
    #expect(refusal(["a": array("none.npy")]).hasPrefix("data/none.npy: no such file"))
    #expect(
      refusal(["a": array("test.csv")]).hasPrefix("data/test.csv: is a manifest, but"))
    try model.scratch.write("x\nx\n", to: "data/twice.ids")
    #expect(
      refusal(["a": array("a.test.npy", ids: "twice.ids")])
        == "data/twice.ids:2: the id 'x' stands already on line 1")
    try model.scratch.write("id,text\ny,one\ny,two\n", to: "data/twice.csv")
    #expect(
      refusal(["c": array("twice.csv")])
        == "data/twice.csv:3: the id 'y' stands already at data/twice.csv:2")
  }

  @Test func `models that are not whole`() throws {
    let scratch = model.scratch
    let encoder = "run/weights/epoch-0002/encoder.c.safetensors"
    let inputs = ["c": UnlabelledInput.text("a red fox")]
    var bytes = try scratch.bytes(encoder)
    let whole = bytes
    bytes[bytes.count - 2] ^= 8
    try scratch.write(bytes, to: encoder)
    #expect(
      refusal(inputs).hasPrefix("\(encoder): is damaged: its tensors do not have the hash"))
    try scratch.write(whole, to: encoder)

    let description = try #require(scratch.text("run/model.json"))
    try scratch.write(
      description.replacing("\"format\" : 2", with: "\"format\" : 3"), to: "run/model.json")
    #expect(
      refusal(inputs) == "run/model.json: has format 3, but this build reads formats 1 to 2")
    try scratch.write(
      description.replacing("\"red\"", with: "\"pink\""), to: "run/model.json")
    #expect(refusal(inputs).hasPrefix("run/model.json: classes: found 'pink', "))
    try scratch.write(
      """
      {"format": 1, "configuration": "configuration.yaml", "weights": "weights/epoch-0002",
       "epochs": 2, "sample_shapes": [[5], [3], [6]]}
      """, to: "run/model.json")
    #expect(refusal(inputs).hasPrefix("run/model.json: has format 1, of an older build"))
    // It can be evaluated still, with its training files.
    #expect(try model.evaluated().count == TrainedModel.testCount + 1)
  }

  @Test func `a sample that cannot be read is left out alone`() throws {
    var values = (0..<3 * 5).map { Float($0) }
    let (path, before) = (
      model.scratch["data/new.npy"],
      try Predictor(model: model.scratch["run"]).predict(["a": .values([Array(values[5..<10])])])
    )
    values[2] = .infinity
    try NPYWriter.write(NPYWriter.bytes(values, shape: [3, 5]), to: path)
    var request = SampleRequest()
    try request.add(.listed(path: path), for: "a")
    let problem =
      "data/new.npy: row 0, column 2 is inf as float32, expected finite numbers"
    #expect(refusal(request.inputs) == problem)
    for onRanks in [false, true] {
      request.leavesBroken = true
      let lines = try model.lines(request, onRanks: onRanks) { $0.writesLogits = false }
      #expect(lines.count == 4)
      #expect(lines[1] == "0,,,,,,0,,,,,0,,,,,0,,,,")
      #expect(lines[2].hasPrefix("1,") && !lines[2].contains(",,,,,,0"))
    }
    var found: [PredictedSample] = []
    var unread: [String] = []
    try Predictor(model: model.scratch["run"]).stream(of: request).run { samples, broken in
      found += samples
      unread += broken.map { "\($0.id) \($0.modality) \($0.problem)" }
    }
    #expect(unread.map { $0.replacing(model.scratch.path + "/", with: "") } == ["0 a \(problem)"])
    #expect(found[1].voices[0]?.logits == before[0].voices[0]?.logits)
  }

  @Test func `rows of an array may be named, and some left out`() throws {
    let whole = try model.predicted()
    try model.scratch.write("id,index\nz,20\ny,3\n", to: "data/some.csv")
    let some = try Predictor(model: model.scratch["run"]).predict([
      "a": array("a.test.npy", ids: "some.csv")
    ])
    #expect(some.map(\.id) == ["z", "y"])
    #expect(some[0].voices[0]?.logits.count == whole[20].voices[0]?.logits.count)
    for (sample, place) in zip(some, [20, 3]) {
      for (own, other) in zip(
        sample.voices[0]?.logits ?? [], whole[place].voices[0]?.logits ?? [])
      {
        #expect(abs(own - other) <= 1e-5 * max(1, abs(other)))
      }
    }
  }
}
