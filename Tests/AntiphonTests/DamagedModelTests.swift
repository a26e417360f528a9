import TestSupport
import Testing

extension Jobs {
  /// Models that cannot be evaluated.
  @Suite struct DamagedModelTests {
    private let workshop: Workshop

    init() async throws {
      workshop = try Workshop.pair()
      let outcome = try await workshop.train(.oneProcess, "pair.yaml", to: "run")
      try #require(outcome.status == 0, "\(outcome)")
    }

    private func refusals(_ way: Way, options: [String] = []) async throws -> [String] {
      let outcome = try await workshop.evaluate(way, "run", options: options)
      #expect(outcome.status == 65, "\(outcome)")
      #expect(outcome.output.contains("accuracy") == false)
      return outcome.sentences.map {
        $0.replacing(workshop.scratch.path + "/", with: "").withoutHosts
      }
    }

    private static let ways: [Way] = [.ranks(3), .oneProcess]
    private static let encoder = "run/weights/epoch-0002/encoder.b.safetensors"
    private static let head = "run/weights/epoch-0002/head.safetensors"

    @Test(arguments: ways) func `a folder without a model`(way: Way) async throws {
      try workshop.scratch.remove("run/model.json")
      #expect(
        try await refusals(way) == [
          "run holds no model (model.json is missing); name the folder of a run that has saved weights"
        ])
    }

    @Test(arguments: ways) func `weights that are cut off`(way: Way) async throws {
      let whole = try workshop.scratch.bytes(Self.encoder)
      try workshop.scratch.write(Array(whole.prefix(whole.count - 4)), to: Self.encoder)
      let said = try await refusals(way)
      #expect(said.count == 1)
      #expect(said.first?.hasPrefix("rank 2 (modality b, host HERE): \(Self.encoder): ") == true)
    }

    @Test(arguments: [encoder, head]) func `a single bit that flipped`(file: String) async throws {
      var bytes = try workshop.scratch.bytes(file)
      bytes[bytes.count - 3] ^= 4
      try workshop.scratch.write(bytes, to: file)
      let said = try await refusals(.oneProcess)
      #expect(said.count == 1)
      #expect(
        said.first?.hasSuffix(
          "\(file): is damaged: its tensors do not have the hash that was stored with them; use another copy, or train again"
        ) == true, "\(said)")
    }

    @Test(arguments: ways) func `an encoder that is missing`(way: Way) async throws {
      try workshop.scratch.remove(Self.encoder)
      #expect(
        try await refusals(way) == [
          "rank 2 (modality b, host HERE): \(Self.encoder): cannot be opened: No such file or directory"
        ])
    }

    @Test func `a head that is missing`() async throws {
      try workshop.scratch.remove(Self.head)
      #expect(
        try await refusals(.ranks(3)) == [
          "\(Self.head): cannot be opened: No such file or directory"
        ])
    }

    @Test func `a network of another shape`() async throws {
      let said = try await refusals(.ranks(3), options: ["--set", "features=9"])
      #expect(said.count == 1)
      #expect(said.first?.hasPrefix("2 ranks cannot go on:\n  rank 1 (modality a, ") == true)
      #expect(
        said.first?.contains(
          "\(Self.encoder): the tensor linear2.weight is [8, 6] with 48 values, but this network's is [9, 6]; "
        ) == true, "\(said)")
    }

    @Test func `a split that the run does not have`() async throws {
      #expect(
        try await refusals(.oneProcess, options: ["--split", "validation"]) == [
          "the validation split has no samples; the run has kept none with data.validation"
        ])
    }

    @Test(arguments: [
      ("not json", "is not a model description; was it written by hand?"),
      (
        #"{"format": 9, "configuration": "c", "weights": "w", "epochs": 1, "sample_shapes": []}"#,
        "has format 9, but this build reads format 1"
      ),
      (
        #"{"format": 1, "configuration": "c", "weights": "../w", "epochs": 1, "sample_shapes": []}"#,
        "names weights outside of the run: '../w'"
      ),
    ])
    func `a description that nobody wrote`(text: String, problem: String) async throws {
      try workshop.scratch.write(text, to: "run/model.json")
      #expect(try await refusals(.oneProcess) == ["run/model.json: \(problem)"])
    }
  }
}
