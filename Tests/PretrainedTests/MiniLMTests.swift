import Foundation
import Networks
import Storage
import TestSupport
import Tensors
import Testing

@testable import Pretrained

/// The real all-MiniLM-L6-v2, whose folder `ANTIPHON_MINILM` names; `Tests/slow/run minilm` fetches it.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["ANTIPHON_MINILM"] != nil))
struct MiniLMTests {
  private struct Golden: Decodable {
    struct Sentence: Decodable { let ids: [Float] }
    let sentences: [Sentence]
  }

  private let folder = ProcessInfo.processInfo.environment["ANTIPHON_MINILM"] ?? ""

  private func golden(_ name: String) throws -> Data {
    let url = try #require(
      Bundle.module.url(forResource: "Golden/minilm/\(name)", withExtension: nil))
    return try Data(contentsOf: url)
  }

  /// The sentences of the golden values as rows of one length, zeros behind them.
  private func sentences() throws -> (values: [Float], count: Int, length: Int) {
    let golden = try JSONDecoder().decode(Golden.self, from: golden("minilm_tokens.json"))
    let length = golden.sentences.map(\.ids.count).max() ?? 0
    let values = golden.sentences.flatMap { sentence in
      sentence.ids + [Float](repeating: 0, count: length - sentence.ids.count)
    }
    return (values, golden.sentences.count, length)
  }

  private func encoder(count: Int, length: Int) throws -> (PretrainedWeights, Encoder) {
    var options = TransformerOptions()
    options.input = .text
    let weights = try PretrainedWeights(
      path: "\(folder)/model.safetensors", for: .transformer(options))
    let encoder = try weights.architecture.makeEncoder(
      inputShape: [length], features: 384, capacity: count)
    return (weights, encoder)
  }

  @Test func `its means of sentences are the golden ones`() throws {
    let (ids, count, length) = try sentences()
    let (weights, encoder) = try encoder(count: count, length: length)
    #expect(
      weights.sha256 == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db")
    let inventory = try weights.load(into: encoder)
    #expect(inventory.warnings == [] && inventory.fresh == [])
    #expect(
      inventory.spare == ["embeddings.position_ids", "pooler.dense.bias", "pooler.dense.weight"])
    let means = encoder.forward(Tensor([length], ids), mode: .evaluation).array
    // Float64 behind a header of 128 bytes, as NumPy writes it.
    let bytes = try golden("minilm_mean.npy")
    try #require(bytes.count == 128 + 8 * means.count)
    let expected = bytes.dropFirst(128).withUnsafeBytes { raw in
      (0..<means.count).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
    let worst = zip(means, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    print("the largest difference of \(means.count) numbers is \(worst)")
    #expect(worst < 1e-5)
  }

  @Test func `six heads instead of twelve would be refused`() throws {
    var options = TransformerOptions()
    (options.input, options.heads) = (.text, 6)
    #expect(throws: FileError.self) {
      _ = try PretrainedWeights(
        path: "\(folder)/model.safetensors", for: .transformer(options))
    }
  }
}
