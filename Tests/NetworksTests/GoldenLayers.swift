import Foundation
import Testing

/// What `Golden/make_layers.py` wrote.
struct GoldenLayers: Decodable {
  /// One forward and backward pass, with whatever options the kind of layer has.
  struct Pass: Decodable {
    let x: [Float]
    let y: [Float]
    let dy: [Float]
    let dx: [Float]
    let shape: [Int]
    let parameters: [[Float]]
    let gradients: [[Float]]
  }
  struct ConvolutionOptions: Decodable {
    let filters: Int
    let kernel: Int
    let stride: Int
    let padding: Int
    let bias: Bool
  }
  struct NormValues: Decodable {
    let relu: Bool
    let mean: [Float]
    let variance: [Float]
    let evaluated: [Float]
  }
  struct PoolOptions: Decodable {
    let kind: String
    let size: Int
  }
  struct LinearOptions: Decodable {
    let outputs: Int
  }
  struct Loss: Decodable {
    let logits: [Float]
    let classes: Int
    let labels: [Int32]
    let gradient: [Float]
    let sum: Double
    let correct: Int
  }
  struct Descent: Decodable {
    let start: [Float]
    let rate: Float
    let momentum: Float
    let decay: Float
    let gradients: [[Float]]
    let end: [Float]
    let velocity: [Float]?
  }
  /// A pass and its layer's options, side by side in one object.
  struct Case<Options: Decodable>: Decodable {
    let pass: Pass
    let options: Options

    init(from decoder: any Decoder) throws {
      pass = try Pass(from: decoder)
      options = try Options(from: decoder)
    }
  }

  let convolutions: [Case<ConvolutionOptions>]
  let norms: [Case<NormValues>]
  let pools: [Case<PoolOptions>]
  let linears: [Case<LinearOptions>]
  let losses: [Loss]
  let descents: [Descent]

  static func read() throws -> GoldenLayers {
    let url = try #require(
      Bundle.module.url(forResource: "layers", withExtension: "json", subdirectory: "Golden"))
    return try JSONDecoder().decode(GoldenLayers.self, from: Data(contentsOf: url))
  }
}
