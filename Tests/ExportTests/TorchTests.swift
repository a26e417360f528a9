import MLA
import Networks
import Storage
import TestSupport
import Tensors
import Testing

@testable import Export

/// The files for PyTorch. What they compute, Tests/slow/run export compares.
@Suite struct TorchTests {
  @Test func `channels go first, in kernels and in the columns behind them`() throws {
    // One row of two places with three channels each.
    #expect(
      PlainChain.channelsFirst([0, 1, 2, 3, 4, 5], places: 2, channels: 3) == [0, 3, 1, 4, 2, 5])
    var options = CNNOptions()
    (options.channels, options.kernel, options.padding) = ([2], 1, 0)
    let (modality, _) = try Models.modality(.cnn(options), [4, 2, 3])
    let chain = PlainChain(options, of: modality)
    #expect(
      chain.layers == [
        .convolution(inputs: 3, outputs: 2, kernel: 1, stride: 1, padding: 0, hasBias: false),
        .batchNorm(channels: 2), .relu, .maxPool(size: 2), .flatten,
        .linear(inputs: 4, outputs: 5), .relu,
      ])
    #expect(
      chain.tensors.map(\.name) == [
        "0.weight", "1.weight", "1.bias", "1.running_mean", "1.running_var", "5.weight", "5.bias",
      ])
    // [5, 2 places, 2 channels] became [5, 2 channels, 2 places].
    let (ours, theirs) = (
      modality.values("linear1.weight"), chain.tensors[5].values(of: Float.self)
    )
    #expect(theirs?.prefix(4) == [ours[0], ours[2], ours[1], ours[3]])
  }

  @Test func `a BERT has Hugging Face's names and a configuration, and its map stands apart`()
    throws
  {
    let bert = Models.transformer(.text) {
      ($0.norm, $0.embeddingNorm, $0.hasClassToken, $0.epsilon) = (.post, true, false, 1e-12)
    }
    let (modality, _) = try Models.modality(bert, [6], name: "words")
    let scratch = try Scratch()
    try TorchExport.write(
      Models.model([modality], .fusion(.averageLogits, weights: [])),
      to: ExportFolder(scratch["out"]))
    #expect(scratch.names(in: "out") == ["README.txt", "heads.safetensors", "model.py", "words"])
    #expect(scratch.names(in: "out/words") == ["config.json", "model.safetensors"])
    let body = try TensorFile(path: scratch["out/words/model.safetensors"])
    #expect(body.metadata == ["format": "pt"])
    #expect(body["embeddings.word_embeddings.weight"]?.shape == [11, 8])
    #expect(body["encoder.layer.1.attention.self.value.weight"]?.shape == [8, 8])
    #expect(body.tensors.count == 5 + 2 * 16)
    let heads = try TensorFile(path: scratch["out/heads.safetensors"])
    #expect(
      Set(heads.tensors.map(\.name)) == [
        "words.project.weight", "words.project.bias", "words.head.weight", "words.head.bias",
      ])
    #expect(scratch.text("out/words/config.json")?.contains("\"num_attention_heads\" : 2") == true)
    #expect(scratch.text("out/model.py")?.contains("            5, project=8),") == true)
  }

  @Test func `transformers have timm's shapes, fixed positions among them`() throws {
    let (modality, _) = try Models.modality(Models.transformer(.image), [9, 8, 3])
    let network = try Network(of: modality, place: "")
    let shapes = Dictionary(uniqueKeysWithValues: network.tensors.map { ($0.name, $0.shape) })
    #expect(shapes["patch_embed.proj.weight"] == [8, 3, 4, 3])
    // Three patches down, three across.
    #expect(shapes["pos_embed"] == [1, 9, 8] && shapes["blocks.1.attn.qkv.weight"] == [24, 8])
    #expect(shapes["head.weight"] == [5, 8] && shapes["norm.bias"] == [8])
    // The second place of the first row: one step along the columns, whose half is the second.
    let table = network.tensors.first { $0.name == "pos_embed" }?.values(of: Float.self) ?? []
    expectClose(
      Array(table[8..<16]), [0, 0, 1, 1, 0.841471, 0.00999983, 0.540302, 0.99995], relative: 1e-5,
      "sines of 1 and 1/100")
  }

  @Test func `the Python file says what the model is, and nothing of its data can end a string`()
    throws
  {
    let (modality, _) = try Models.modality(.mlp(.init()), [4], standardise: .global)
    let model = Models.model([modality], .sum(share: [0, 1, 2]))
    let source = PythonSource(model: model, networks: [try Network(of: modality, place: "")]).text
    #expect(source.contains("MODALITIES = [\n    \"m\",\n]\n"))
    #expect(source.contains("    \"a\", \"b \\\"c\\\"\\U0000202e\", \"ü\",\n"))
    #expect(source.contains("                nn.Linear(4, 64),\n"))
    #expect(source.contains("            5, statistics=()),\n"))
    #expect(source.contains("    share = z.new_tensor([0.0, 1.0, 2.0])\n"))
    #expect(!source.contains("class ResNet") && !source.contains("\t"))
    #expect(source.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(PythonSource.literal("\n\u{0}\\") == "\"\\U0000000a\\U00000000\\\\\"")
  }

  @Test func `words have their numbers in a file beside the encoder`() throws {
    var (modality, _) = try Models.modality(Models.transformer(.text), [6], name: "words")
    modality.vocabulary = ["one", "\u{301}two"]
    let model = Models.model([modality], .fusion(.averageLogits, weights: []))
    let scratch = try Scratch()
    try TorchExport.write(model, to: ExportFolder(scratch["torch"]))
    try ONNXExport.write(model, to: ExportFolder(scratch["onnx"]))
    let expected = "[PAD]\n[UNK]\none\n\u{301}two\n"
    #expect(scratch.text("torch/words/vocabulary.txt") == expected)
    #expect(scratch.text("onnx/words.vocabulary.txt") == expected)
    #expect(scratch.text("torch/README.txt")?.contains("lines in vocabulary.txt") == true)
  }

  @Test func `nothing is overwritten`() throws {
    let scratch = try Scratch()
    try scratch.write("mine", to: "out/README.txt")
    #expect { try ExportFolder(scratch["out"]) } throws: { "\($0)".contains("is not empty") }
    #expect(scratch.text("out/README.txt") == "mine")
  }
}
