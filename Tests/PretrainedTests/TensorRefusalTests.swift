import Networks
import Storage
import TestSupport
import Tensors
import Testing

@testable import Pretrained

/// Tensors that are missing, unknown, of another shape or there twice.
@Suite struct TensorRefusalTests {
  private let broken: BrokenWeights

  init() throws { broken = try BrokenWeights() }

  @Test func `shapes that differ`() throws {
    try broken.write("vit_timm", to: "vit")
    let vit = broken.transformer(.image) { $0.heads = 2 }
    #expect(broken.refusal("vit", vit) == nil)
    #expect(
      broken.refusal("vit", vit, sample: [12, 8, 3])
        == "vit: tensor \"pos_embed\" has the shape [1 x 5 x 8], but this encoder's "
        + "embedding1.positions needs [7 x 8]; they are of 4 places a picture; give pictures of 8 x 8 "
        + "pixels, as the weights know them, or set positions_resize to true")
    #expect(
      broken.refusal("vit", vit, sample: [8, 8, 2])
        == "vit: tensor \"patch_embed.proj.weight\" has the shape [8 x 3 x 4 x 4], but this encoder's "
        + "embedding1.patch.weight needs [8 x 2 x 4 x 4]; the samples have 2 channels: give samples "
        + "with as many as the weights, or with one")
    try broken.write(
      "vit_timm", to: "wide",
      shape: {
        $0 == "blocks.1.attn.qkv.weight" ? [24, 9] : $1
      })
    #expect(
      broken.refusal("wide", vit)
        == "wide: tensor \"blocks.1.attn.qkv.weight\" has the shape [24 x 9], but this encoder's "
        + "block2.attn.qkv.weight needs [24 x 8]; give weights of the same network, or change the "
        + "encoder's options")
  }

  @Test func `blocks that are left out, and sizes that nothing tells`() throws {
    try broken.write("vit_timm", to: "vit") { $0.hasPrefix("blocks.0.norm1") ? nil : $0 }
    #expect(
      broken.refusal("vit", broken.transformer(.image) { $0.heads = 2 })
        == "vit: has 1 block, but the last is number 1, from 0 on; give the whole model's weights")
    try broken.write("torchvision_resnet18", to: "resnet") {
      $0.replacing("layer3.1", with: "layer3.2")
    }
    #expect(
      broken.refusal("resnet", .resnet18(.init()), sample: [40, 40, 3])
        == "resnet: has 2 blocks, but the last is number 2, from 0 on; give the whole model's weights"
    )
    try broken.write("torchvision_resnet18", to: "resnet50") {
      $0.replacing("layer1.0.conv2", with: "layer1.0.conv3")
    }
    #expect(
      broken.refusal("resnet50", .resnet18(.init()), sample: [40, 40, 3])
        == "resnet50: its blocks have three convolutions, as those of ResNet-50 and larger, but the "
        + "encoder's have two; give weights of ResNet-18")
    try broken.write(
      "bert", to: "roberta",
      shape: {
        $0 == "embeddings.token_type_embeddings.weight" ? [1, 8] : $1
      })
    #expect(
      broken.refusal("roberta", broken.transformer(.text) { $0.heads = 2 }, sample: [6])?.contains(
        "these are RoBERTa's weights") == true)
  }

  @Test func `names that are missing or unknown are warned of`() throws {
    try broken.write("vit_timm", to: "vit") {
      $0 == "norm.weight" ? "fc_norm.weight" : $0 == "norm.bias" ? nil : $0
    }
    let weights = try PretrainedWeights(
      path: broken.scratch["vit"], for: broken.transformer(.image) { $0.heads = 2 })
    let encoder = try weights.architecture.makeEncoder(
      inputShape: [8, 8, 3], features: 8, capacity: 1)
    #expect(
      try weights.load(into: encoder).warnings == [
        "it has no norm.weight, norm.bias, so that norm1.weight, norm1.bias begin as without weights",
        "fc_norm.weight of it belong to no array of the encoder: the network that has them computes "
          + "something else",
      ])
  }

  @Test func `two names of one array`() throws {
    try broken.write("bert", to: "both") {
      $0 == "pooler.dense.bias" ? "bert.embeddings.LayerNorm.beta" : $0
    }
    #expect(
      broken.refusal("both", broken.transformer(.text) { $0.heads = 2 }, format: .bert, sample: [6])
        == "both: the tensors \"embeddings.LayerNorm.bias\" and \"bert.embeddings.LayerNorm.beta\" are "
        + "one array; keep one of them")
  }
}
