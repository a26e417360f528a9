import Configuration
import Datasets
import Networks
import Storage
import Tensors
import Testing

@testable import Runs

/// Runs whose encoder begins with the weights of others.
@Suite struct PretrainedRunTests {
  private let job: SmallJob
  private static let width = 8

  /// A job over 60 short texts, and the file of weights that their encoder begins with.
  init() throws {
    var job = try SmallJob(epochs: 3)
    var lines = ["id,label,text"]
    for sample in 0..<60 {
      lines.append("t\(sample),\(sample % 3),w\(sample % 3) w\(sample % 5) end")
    }
    try job.scratch.write(lines.joined(separator: "\n") + "\n", to: "texts.csv")
    var texts = TextOptions()
    (texts.train, texts.length) = (["texts.csv"], 6)
    texts.test = []
    var options = TransformerOptions()
    (options.input, options.heads) = (.text, 2)
    var modality = ModalityConfiguration(
      name: "text", source: .text(texts), encoder: .transformer(options))
    modality.pretraining.weights = "bert.safetensors"
    modality.optimizer.learningRate = 0.05
    job.configuration.classes = ["0", "1", "2"]
    job.configuration.modalities = [modality]
    (job.configuration.order, job.configuration.features) = ([0], 4)
    job.configuration.batchSize = 10
    job.configuration.data.root = job.scratch.path
    job.configuration.data.validationFraction = 0.2
    job.configuration.checkpoint.every = .cycles(2)
    self.job = job
    try writeWeights()
  }

  /// Weights by the names of BERT, of one block, for 8 words.
  private func writeWeights(words: Int = 8) throws {
    var generator = SeededGenerator(seed: 1, stream: "weights")
    var states: [NamedState] = []
    func add(_ name: String, _ axes: Int...) {
      let values = Buffer<Float>(axes.reduce(1, *))
      generator.fill(values, deviation: 0.3)
      states.append(NamedState(name, Shape(axes), values))
    }
    func add(norm name: String) {
      add("\(name).weight", Self.width)
      add("\(name).bias", Self.width)
    }
    func add(map name: String, _ outputs: Int, _ inputs: Int) {
      add("\(name).weight", outputs, inputs)
      add("\(name).bias", outputs)
    }
    add("embeddings.word_embeddings.weight", words, Self.width)
    add("embeddings.position_embeddings.weight", 7, Self.width)
    add("embeddings.token_type_embeddings.weight", 2, Self.width)
    add(norm: "embeddings.LayerNorm")
    let block = "encoder.layer.0"
    for part in ["self.query", "self.key", "self.value", "output.dense"] {
      add(map: "\(block).attention.\(part)", Self.width, Self.width)
    }
    add(norm: "\(block).attention.output.LayerNorm")
    add(map: "\(block).intermediate.dense", 12, Self.width)
    add(map: "\(block).output.dense", Self.width, 12)
    add(norm: "\(block).output.LayerNorm")
    try SafeTensors.write(states, to: job.scratch["bert.safetensors"])
  }

  private func saved(_ name: String) throws -> TensorFile {
    try TensorFile(path: job.scratch["\(name)/weights/epoch-0003/encoder.text.safetensors"])
  }

  @Test func `an encoder begins with the weights, which are said and saved`() throws {
    var still = job
    still.configuration.modalities[0].optimizer.learningRate = 1e-30
    try still.train("run")
    let (found, given) = (
      try saved("run"), try TensorFile(path: job.scratch["bert.safetensors"])
    )
    let words = "embeddings.word_embeddings.weight"
    #expect(
      try found.tensor(named: "encoder.embedding1.tokens").floats()
        == given.tensor(named: words).floats())
    var digest = SHA256()
    digest.update(try job.scratch.bytes("bert.safetensors"))
    #expect(found.metadata["pretrained_sha256"] == digest.hex)
    #expect(found.metadata["pretrained_weights"] == "bert.safetensors")
    #expect(found.metadata["pretrained_format"] == "bert")
    #expect(
      still.said("run").contains(
        "modality text begins with bert.safetensors (bert, sha256 \(digest.hex.prefix(12))…): 21 "
          + "tensors make 16 arrays, drawn at random: linear1.weight, linear1.bias"))
  }

  @Test func `a frozen encoder stays as the file has it, and its features are computed once`()
    throws
  {
    var frozen = job
    frozen.configuration.modalities[0].pretraining.freeze = .all
    try frozen.train("always")
    frozen.configuration.modalities[0].pretraining.cachesFeatures = true
    try frozen.train("once")
    let given = try TensorFile(path: job.scratch["bert.safetensors"])
    for run in ["always", "once"] {
      let found = try saved(run)
      for (ours, theirs) in [
        ("embedding1.tokens", "embeddings.word_embeddings.weight"),
        ("block1.mlp.fc1.weight", "encoder.layer.0.intermediate.dense.weight"),
      ] {
        #expect(
          try found.tensor(named: "encoder.\(ours)").floats()
            == given.tensor(named: theirs).floats())
      }
    }
    try job.scratch.remove("bert.safetensors")
    try frozen.evaluate("once", split: .validation)
  }

  @Test func `neither evaluation nor resuming needs the file`() throws {
    try job.train("whole")
    #expect(throws: SmallJob.Death.self) { try job.train("cut", dyingAfter: 2) }
    try job.scratch.remove("bert.safetensors")
    try job.resume("cut")
    #expect(try job.numbers("cut") == job.numbers("whole"))
    try job.evaluate("whole", split: .validation)
    #expect(job.said("whole").contains("validation split"))
  }

  @Test func `a file that is missing ends a run before it trains`() throws {
    try job.scratch.remove("bert.safetensors")
    let error = try #require(throws: (any Error).self) { try job.train("run") }
    #expect(
      "\(error)".contains(
        "bert.safetensors: no such file, expected weights as safetensors; relative paths start at "
          + "data.root, on the host of the modality"))
    // It may be on the host of the modality.
    let elsewhere = try DryRun(job.configuration, mayLieElsewhere: true)
    #expect(elsewhere.fault == nil && elsewhere.lines.contains { $0.contains("no such file") })
    #expect(try DryRun(job.configuration, mayLieElsewhere: false).fault != nil)
  }

  @Test func `a dry run lists every tensor`() throws {
    let lines = try DryRun(job.configuration, mayLieElsewhere: false).lines
    #expect(
      lines.contains(
        "  block1.attn.qkv.weight <- encoder.layer.0.attention.self.query.weight, "
          + "encoder.layer.0.attention.self.key.weight, encoder.layer.0.attention.self.value.weight"
      ))
    #expect(lines.contains("  linear1.bias <- nothing"))
  }

  @Test func `texts with more words than the weights know are refused, with fewer warned of`()
    throws
  {
    try writeWeights(words: 9)
    let found = try DryRun(job.configuration, mayLieElsewhere: false)
    #expect(
      found.warnings.contains {
        $0.hasSuffix(
          "bert.safetensors: knows 9 tokens, but the texts have 8: are they numbered by the vocabulary "
            + "of the weights, vocab.txt?")
      })
    try writeWeights(words: 6)
    let fault = try #require(try DryRun(job.configuration, mayLieElsewhere: false).fault)
    #expect(
      "\(fault)".contains(
        "bert.safetensors: knows 6 tokens, but the texts have 8; read the texts with the vocabulary of "
          + "the weights, vocab.txt"))
  }
}
