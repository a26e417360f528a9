import Foundation
import Testing

/// What `Golden/make_transformers.py` wrote.
struct GoldenTransformers: Decodable {
  typealias Case = GoldenLayers.Case
  struct Nothing: Decodable {}
  struct GELUOptions: Decodable {
    let form: String
  }
  struct AttentionOptions: Decodable {
    let width: Int
    let heads: Int
    let lengths: [Int]
  }
  struct BlockOptions: Decodable {
    let heads: Int
    let hidden: Int
    let gelu: String
    let lengths: [Int]
  }
  struct PatchOptions: Decodable {
    let patch: [Int]
    let width: Int
  }
  struct Descent: Decodable {
    let kind: String
    let rate: Double
    let momentum: Double
    let nesterov: Bool
    let decay: Double
    let exempt: Bool
    let clip: Double?
    let start: [Float]
    let gradients: [[Float]]
    let end: [Float]
  }
  /// Three training steps of a whole transformer in float64, and how far float32 was from it.
  struct Run: Decodable {
    let kind: String
    let inputs: [Float]
    let count: Int
    let features: Int
    let labels: [Int32]
    let ends: [[Double]]
    let moved: Double
    let error: Double
  }

  let norms: [Case<Nothing>]
  let gelus: [Case<GELUOptions>]
  let attentions: [Case<AttentionOptions>]
  let blocks: [Case<BlockOptions>]
  let patches: [Case<PatchOptions>]
  let descents: [Descent]
  let runs: [Run]

  static func read() throws -> GoldenTransformers {
    let url = try #require(
      Bundle.module.url(forResource: "transformers", withExtension: "json", subdirectory: "Golden"))
    return try JSONDecoder().decode(GoldenTransformers.self, from: Data(contentsOf: url))
  }

  /// The script's `spelled`.
  static func spelled(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map { i in
      let mixed = ((i + 1) * 2_654_435_761 + seed * 40_503) % (1 << 32)
      return Float(Double(mixed >> 16) / 65_536 - 0.5)
    }
  }
}
