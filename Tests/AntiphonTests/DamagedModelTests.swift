import TestSupport
import Testing

extension SavedJobs {
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
        "has format 9, but this build reads formats 1 to 2"
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

    /// A key of `model.json`, what stands there, and what is said about it.
    private static let misfits: [(String, String?, String)] = [
      ("weights", #""""#, #"weights: found "", expected the folder of the weights below the run"#),
      (
        "weights", #"".""#, #"weights: found ".", expected the folder of the weights below the run"#
      ),
      (
        "weights", #""configuration.yaml""#,
        #"weights: found "configuration.yaml", which is no folder, expected the folder of the weights below the run"#
      ),
      (
        "weights", #""w\u0000""#,
        ##"weights: found "w\u0000", expected the folder of the weights below the run"##
      ),
      ("weights", "7", "weights: found 7, expected the folder of the weights below the run"),
      ("weights", "null", "weights: found null, expected the folder of the weights below the run"),
      ("weights", nil, "weights: found nothing, expected the folder of the weights below the run"),
      (
        "configuration", #""other.yaml""#,
        #"configuration: found "other.yaml", expected "configuration.yaml""#
      ),
      ("format", #""1""#, #"format: found "1", expected a whole number"#),
      ("epochs", "0", "epochs: found 0, expected at least 1"),
      ("epochs", "1.5", "epochs: found 1.5, expected a whole number"),
      ("epochs", "true", "epochs: found true, expected a whole number"),
      (
        "sample_shapes", "[[5]]",
        "sample_shapes: found [[5]], expected the axes of each of a, b"
      ),
      (
        "sample_shapes", #"{"a":5}"#,
        #"sample_shapes: found {"a":5}, expected a list of axes for each modality"#
      ),
      (
        "sample_shapes", "[[5],[0]]",
        "sample_shapes: found [[5],[0]], expected a list of axes for each modality"
      ),
      (
        "sample_shapes", "[[5],[6]]",
        "sample_shapes: found [6] for b, but its samples are [4]; evaluate a run on data like those it was trained on"
      ),
      ("weigths", "1", "weigths: found a key that nobody reads, did you mean 'weights'?"),
      (
        "note", #""mine""#,
        "note: found a key that nobody reads, expected format, configuration, weights, epochs, cycles, sample_shapes, classes, features, method, modalities, provenance, validation_samples"
      ),
    ]

    @Test func `a description that does not fit`() async throws {
      let good = [
        "format": "1", "configuration": #""configuration.yaml""#, "epochs": "2",
        "weights": #""weights/epoch-0002""#, "sample_shapes": "[[5],[4]]",
      ]
      for (key, value, problem) in Self.misfits {
        var members = good
        members[key] = value
        let text = members.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
        try workshop.scratch.write("{\(text)}", to: "run/model.json")
        #expect(try await refusals(.oneProcess) == ["run/model.json: \(problem)"])
      }
    }
  }
}
