import Networks
import Storage
import TestSupport
import Tensors
import Testing

@testable import Pretrained

/// What weights are refused for, each in one sentence that says what to do.
@Suite struct RefusalTests {
  private let broken: BrokenWeights

  init() throws { broken = try BrokenWeights() }

  @Test func `files that are no safetensors`() throws {
    #expect(
      broken.refusal("none", broken.transformer(.text))
        == "none: no such file, expected weights as safetensors; relative paths start at data.root, on "
        + "the host of the modality")
    try broken.scratch.write(Array("PK\u{3}\u{4}archive/data.pkl".utf8), to: "a.pth")
    try broken.scratch.write([0x80, 2, 0x8a, 10], to: "b.pth")
    for name in ["a.pth", "b.pth"] {
      #expect(
        broken.refusal(name, broken.transformer(.text))
          == "\(name): is a file of torch.save, which is a program as much as data; convert it to "
          + "safetensors, as docs/pretrained.md says")
    }
    try broken.scratch.write(
      "version https://git-lfs.github.com/spec/v1\noid sha256:53aa\n", to: "c.safetensors")
    #expect(
      broken.refusal("c.safetensors", broken.transformer(.text))
        == "c.safetensors: is a git-lfs pointer, not the weights; fetch them with 'git lfs pull'")
  }

  @Test func `heads are never guessed`() throws {
    try broken.write("bert", to: "bert")
    #expect(
      broken.refusal("bert", broken.transformer(.text), sample: [6])
        == "bert: does not say how many attention heads the weights have, and shapes cannot tell; set "
        + "heads (12 for bert-base and MiniLM-L6 and L12), or put the model's config.json beside the file"
    )
    #expect(broken.refusal("bert", broken.transformer(.text) { $0.heads = 2 }, sample: [6]) == nil)
    #expect(
      broken.refusal("bert", broken.transformer(.text) { $0.heads = 3 }, sample: [6])
        == "heads is 3, but must divide the width, which is 8")
    try broken.write("bert", to: "bert", configured: true)
    #expect(
      broken.refusal("bert", broken.transformer(.text) { $0.heads = 4 }, sample: [6])
        == "bert: weights of bert need heads: 2, but the encoder has 4; leave heads out, or give other "
        + "weights")
  }

  @Test func `a configuration beside the file that is another model's`() throws {
    try broken.write("bert", to: "bert")
    func refused(_ json: String) throws -> String? {
      try broken.scratch.write(json, to: "config.json")
      return broken.refusal("bert", broken.transformer(.text), sample: [6])
    }
    #expect(
      try refused(#"{"num_attention_heads": 2, "hidden_size": 768}"#)
        == "config.json: hidden_size is 768, but the weights beside it have 8: it is another model's; "
        + "put the weights into a folder with their own")
    #expect(
      try refused(#"{"num_attention_heads": 2, "model_type": "roberta"}"#)
        == "config.json: the weights are of the type \"roberta\", but only bert computes as the encoder "
        + "does; give weights of that type")
    #expect(
      try refused(#"{"num_attention_heads": 2, "hidden_act": "silu"}"#)
        == "config.json: hidden_act is \"silu\", but the blocks of the encoder have gelu; give other weights"
    )
    #expect(
      try refused("[1]")
        == "config.json: is no JSON object, expected the configuration of the weights beside it; move it "
        + "away, and say heads in the encoder's section")
    #expect(try refused(#"{"num_attention_heads": 2}"#) == nil)
  }

  @Test func `options that contradict the weights`() throws {
    try broken.write("bert", to: "bert", configured: true)
    for (change, key, needed, found): ((inout TransformerOptions) -> Void, String, String, String)
      in [
        ({ $0.norm = .pre }, "norm", "post", "pre"),
        ({ $0.epsilon = 1e-5 }, "epsilon", "1e-12", "1e-05"),
        ({ $0.gelu = .tanh }, "gelu", "erf", "tanh"), ({ $0.width = 16 }, "width", "8", "16"),
        ({ $0.depth = 6 }, "depth", "2", "6"), ({ $0.vocabulary = 12 }, "vocabulary", "11", "12"),
        ({ $0.embeddingNorm = false }, "embedding_norm", "true", "false"),
        ({ $0.positions = .fixed }, "positions", "learned", "fixed"),
        ({ $0.hasClassToken = true }, "class_token", "false", "true"),
      ]
    {
      #expect(
        broken.refusal("bert", broken.transformer(.text, change), sample: [6])
          == "bert: weights of bert need \(key): \(needed), but the encoder has \(found); leave \(key) "
          + "out, or give other weights")
    }
    #expect(
      broken.refusal("bert", broken.transformer(.image))
        == "bert: weights of bert are for an encoder of kind transformer with input: text, but this one "
        + "is transformer with input: image; change the encoder, or give other weights")
    #expect(
      broken.refusal("bert", .resnet18(.init()), format: .torchvisionResNet18)?.hasPrefix(
        "bert: has no \"conv1.weight\" and no \"layer1.0.conv1.weight\" and no \"bn1.running_mean\", "
          + "which weights of torchvision_resnet18 have; it has ") == true)
  }

  @Test func `names that nothing matches, or more than one format`() throws {
    try broken.write("bert", to: "odd") { "x.\($0)" }
    #expect(
      broken.refusal("odd", broken.transformer(.text), sample: [6])?.hasPrefix(
        "odd: its names are of no format that is known (torchvision_resnet18, bert, ") == true)
    try broken.write("m3ae_text", to: "m3ae")
    #expect(
      broken.refusal("m3ae", broken.transformer(.text), sample: [6])
        == "m3ae: its names are those of m3ae_text and m3ae_text_flax, which compute differently; say "
        + "which with format (docs/pretrained.md: where the weights come from decides)")
    try SafeTensors.write([NamedState](), to: broken.scratch["empty"])
    #expect(
      broken.refusal("empty", broken.transformer(.text))?.contains(": it holds no tensors at all")
        == true)
  }
}
