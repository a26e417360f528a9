import Foundation
import Networks
import Storage
import TestSupport
import Tensors
import Testing

@testable import Pretrained

/// What files are recognised by, what is made of other names, and what is listed.
@Suite struct NameTests {
  private func weights(of model: GoldenModel) throws -> [[Float]] {
    try model.encoder().weights.map { try #require($0.values()) }
  }

  @Test func `formats are recognised by their names`() throws {
    let formats = try GoldenModel.all().map { try $0.weights().format.rawValue }
    #expect(
      formats == [
        "torchvision_resnet18", "vit_timm", "vit_torchvision", "vit_huggingface", "bert",
        "m3ae_image",
        "m3ae_image_flax", "m3ae_text", "cavmae_audio",
      ])
  }

  @Test func `old names of BERT and of vision transformers are the same weights`() throws {
    let bert = try GoldenModel.transformer("bert", .text)
    let old = try GoldenModel.transformer("bert_old", .text).weights()
    let encoder = try bert.emptyEncoder(old)
    try old.load(into: encoder)
    #expect(
      try encoder.weights.map { try #require($0.values(of: Float.self)) } == weights(of: bert))

    let vit = try GoldenModel.transformer("vit_huggingface", .image)
    let saved = try GoldenModel.transformer("vit_huggingface_old", .image).weights()
    let other = try vit.emptyEncoder(saved)
    try saved.load(into: other)
    #expect(try other.weights.map { try #require($0.values(of: Float.self)) } == weights(of: vit))
  }

  @Test func `half precision is read`() throws {
    let whole = try GoldenModel.transformer("vit_timm", .image) { $0.heads = 2 }
    let half = try GoldenModel.transformer("vit_timm_half", .image) { $0.heads = 2 }.weights()
    let encoder = try whole.emptyEncoder(half)
    try half.load(into: encoder)
    for (found, expected) in try zip(encoder.weights, weights(of: whole)) {
      #expect(try #require(found.values(of: Float.self)) == expected.map { Float(Float16($0)) })
    }
  }

  @Test func `a stem for colours becomes one for a single channel`() throws {
    for rule in StemRule.allCases {
      var model = try GoldenModel("torchvision_resnet18", .resnet18(.init()))
      model.options.stem = rule
      let (x, y) = (try model.pass("x", of: "grey"), try model.pass(rule.rawValue, of: "grey"))
      let weights = try model.weights()
      let encoder = try weights.architecture.makeEncoder(
        inputShape: x.sample, features: y.sample[0], capacity: 2)
      try weights.load(into: encoder)
      let features = encoder.forward(Tensor(x.sample, x.values), mode: .evaluation)
      expectClose(features.array, y.values, relative: 1e-5, rule.rawValue)
    }
  }

  @Test func `positions are those of another grid, where that is asked for`() throws {
    var model = try GoldenModel.transformer("vit_timm", .image) { $0.heads = 2 }
    model.options.resizesPositions = true
    let (x, y) = (try model.pass("x", of: "resized"), try model.pass("y", of: "resized"))
    let weights = try model.weights()
    let encoder = try weights.architecture.makeEncoder(
      inputShape: x.sample, features: y.sample[0], capacity: 2)
    try weights.load(into: encoder)
    let features = encoder.forward(Tensor(x.sample, x.values), mode: .evaluation)
    expectClose(features.array, y.values, relative: 1e-5)

    let table = try model.pass("table", of: "resized").values
    for (name, rows, columns) in [("larger", 7, 6), ("smaller", 2, 3)] {
      let grid = PositionGrid(stored: (5, 5), wanted: (rows, columns), extra: 1)
      expectClose(
        grid.resized(table, width: 3), try model.pass(name, of: "resized").values, relative: 1e-6,
        name)
    }
    // The same grid is the same numbers.
    #expect(
      PositionGrid(stored: (5, 5), wanted: (5, 5), extra: 1).resized(table, width: 3) == table)

    var bert = try GoldenModel.transformer("bert", .text)
    bert.options.resizesPositions = true
    #expect(throws: FileError.self) { try bert.weights() }
  }

  @Test func `sizes and settings come with the weights`() throws {
    var options = TransformerOptions()
    options.input = .text
    (options.width, options.depth, options.heads, options.hidden) = (8, 2, 2, 12)
    (options.vocabulary, options.maximumPositions, options.positions) = (11, 9, .learned)
    (options.hasClassToken, options.classPosition, options.embeddingNorm) = (false, false, true)
    (options.norm, options.epsilon, options.gelu, options.pooling) = (.post, 1e-12, .erf, .mean)
    let bert = try GoldenModel.transformer("bert", .text).weights()
    #expect(bert.architecture == .transformer(options))

    let sizes = try GoldenModel("torchvision_resnet18", .resnet18(.init())).weights().architecture
    var resnet = ResNetOptions()
    resnet.width = 2
    #expect(sizes == .resnet18(resnet))

    let flax = try GoldenModel.transformer("m3ae_flax_image", .image, format: .m3aeImageFlax) {
      ($0.heads, $0.gelu, $0.pooling) = (2, .erf, .meanAll)
    }.weights().architecture
    guard case .transformer(let made) = flax else { throw Failure() }
    #expect(made.positions == .fixedColumnsFirst && made.epsilon == 1e-6 && made.norm == .pre)
    #expect(made.gelu == .erf && made.pooling == .meanAll, "what is written stays")
  }

  private struct Failure: Error {}

  @Test func `what is loaded, not needed and new is listed`() throws {
    let model = try GoldenModel.transformer("bert_old", .text)
    let weights = try model.weights()
    let encoder = try weights.architecture.makeEncoder(
      inputShape: [6], features: 5, capacity: 1)
    let inventory = try weights.inventory(for: encoder)
    #expect(
      inventory.spare.sorted() == [
        "bert.embeddings.position_ids", "bert.pooler.dense.bias", "bert.pooler.dense.weight",
        "cls.predictions.bias",
      ])
    #expect(inventory.fresh == ["linear1.weight", "linear1.bias"])
    #expect(inventory.unknown == [] && inventory.missing.isEmpty && inventory.warnings == [])
    #expect(
      inventory.summary
        == "37 tensors make 28 arrays, 4 are not needed (bert.embeddings.position_ids, "
        + "bert.pooler.dense.bias, bert.pooler.dense.weight, cls.predictions.bias), drawn at "
        + "random: linear1.weight, linear1.bias")
    #expect(inventory.lines.count == 28 + 4 + 2)
    #expect(
      inventory.lines.contains(
        "block2.attn.qkv.bias <- encoder.layer.1.attention.self.query.bias, "
          + "encoder.layer.1.attention.self.key.bias, encoder.layer.1.attention.self.value.bias"
      ) == false, "tensors are listed by their names in the file")
    #expect(encoder.store.values.array.allSatisfy { $0 == 0 }, "nothing was loaded")
  }

  @Test func `the digest is that of the file`() throws {
    let model = try GoldenModel.transformer("bert", .text)
    let weights = try model.weights()
    var digest = SHA256()
    let file = try #require(FileManager.default.contents(atPath: model.path("model")))
    digest.update(file)
    #expect(weights.sha256 == digest.hex)
    #expect(weights.byteCount == file.count)
  }
}
