import Configuration
import Runs
import Storage

extension Readers {
  /// Configurations, and what a run says of its model.
  static let descriptions = [
    Reader("yaml", file: "run.yaml", try TextFormat.yaml(seeds: configurations())) { path in
      let run = try RunConfiguration.load(path: path)
      let again = try RunConfiguration.parse(run.yaml, file: "resolved", baseDirectory: nil)
      guard again == run else { throw Misbehaviour("what was read is not what is written") }
    },
    Reader(
      "override", file: "override.txt",
      TextFormat.yaml(seeds: [
        "optimizer.lr=0.1", "modalities.strong.data={kind: synthetic}", "order=[weak, strong]",
      ])
    ) { folder in
      try folder.write(Array(small.utf8), to: "run.yaml")
      return { path in
        // As on a command line, which holds no zeros.
        let text = String(
          decoding: try folder.bytes("override.txt").filter { $0 != 0 }, as: UTF8.self)
        do {
          _ = try RunConfiguration.load(path: "\(folder.path)/run.yaml", overrides: [text])
        } catch let error as ConfigurationError where error.file.utf8.starts(with: "--set ".utf8) {
          // There is no file to name.
          throw ConfigurationError(file: path, key: error.key, problem: "\(error)")
        }
      }
    },
    Reader("model", file: "model.json", TextFormat.json(seeds: models, keys: modelKeys)) {
      folder in
      try folder.write(Array(small.utf8), to: "configuration.yaml")
      let run = try RunDirectory(existing: folder.path)
      return { _ in
        let configuration = try RunConfiguration.load(path: run.configuration)
        _ = try ModelDescription(of: run, for: configuration).capacities(of: configuration)
      }
    },
    Reader(
      "checkpoint", file: "checkpoint.json",
      TextFormat.json(
        seeds: [String(decoding: try manifest().sealed(), as: UTF8.self)],
        keys: ["epoch", "cycle", "kept", "parts", "files", "name", "bytes", "seconds", "format"])
    ) { folder in
      { path in
        let bytes = try folder.bytes("checkpoint.json")
        // A seal that is right leads to what stands behind it.
        _ = try CheckpointManifest(CheckpointManifest.sealing(bytes) ?? bytes, place: path)
      }
    },
  ]

  private static func manifest() -> CheckpointManifest {
    let file = CheckpointFile(name: "state.a.safetensors", byteCount: 12, sha256: "0123")
    let part = CheckpointManifest.Part(
      role: "a", host: "node1", arithmetic: .here, threads: 1, data: "45",
      sampleShape: [3], files: [file])
    return CheckpointManifest(
      progress: RunPosition(epoch: 2, cycle: 3), cyclesPerEpoch: 9, seconds: 1.5,
      configuration: "classes: 3\n", parts: [part], kept: "weights/epoch-0001")
  }

  private static let small = """
    classes: 3
    epochs: 2
    modalities:
      strong:
        data: {kind: synthetic, set: lazy2, component: strong}
      weak:
        data: {kind: synthetic, set: lazy2, component: weak}
        encoder: {kind: mlp, hidden: [4]}

    """
  private static let models = [
    #"{"configuration":"configuration.yaml","epochs":2,"format":1,"sample_shapes":[[20],[3,4,1]],"weights":"weights/epoch-0002"}"#,
    #"{"classes":["0","1","2"],"configuration":"configuration.yaml","epochs":2,"features":64,"format":2,"method":"mla","modalities":{"strong":{"forward_samples":64},"weak":{"forward_samples":9}},"provenance":{},"sample_shapes":[[20],[3,4,1]],"validation_samples":40,"weights":"weights/epoch-0002"}"#,
  ]
  private static let modelKeys = [
    "configuration", "epochs", "format", "sample_shapes", "weights", "classes", "modalities",
    "forward_samples",
  ]

  /// Those of the examples, as they are and with every value written out.
  private static func configurations() throws -> [String] {
    let written = try Repository.files(in: "examples", ending: ".yaml", atMost: 20_000)
    let texts = written.map { String(decoding: $0, as: UTF8.self) } + [small]
    let resolved = try texts.map {
      try RunConfiguration.parse($0, file: "example", baseDirectory: "/data").yaml
    }
    return texts + resolved
  }
}
