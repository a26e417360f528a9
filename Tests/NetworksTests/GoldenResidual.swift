import Foundation
import Tensors
import Testing

@testable import Networks

/// What `Golden/make_residual.py` wrote. Of long arrays it kept values at even distances.
struct GoldenResidual: Decodable {
  /// One forward and backward pass.
  struct Pass: Decodable {
    let shape: [Int]
    let seed: Int
    let y: [Float]
    let dx: [Float]
    let gradients: [[Float]]
    let states: [[Float]]
  }
  struct BlockOptions: Decodable {
    let filters: Int
    let stride: Int
  }
  struct StemOptions: Decodable {
    let filters: Int
  }
  struct PoolOptions: Decodable {
    let size: Int
    let stride: Int
    let padding: Int
  }
  struct Case<Options: Decodable>: Decodable {
    let pass: Pass
    let options: Options

    init(from decoder: any Decoder) throws {
      pass = try Pass(from: decoder)
      options = try Options(from: decoder)
    }
  }
  struct Network: Decodable {
    let seed: Int
    let shape: [Int]
    let frames: Int
    let channels: Int
    let width: Int
    let blocks: Int
    let values: [[Double]]
    let float32Error: Double
  }

  let blocks: [Case<BlockOptions>]
  let stems: [Case<StemOptions>]
  let pools: [Case<PoolOptions>]
  let networks: [Network]

  static func read() throws -> GoldenResidual {
    let url = try #require(
      Bundle.module.url(forResource: "residual", withExtension: "json", subdirectory: "Golden"))
    return try JSONDecoder().decode(GoldenResidual.self, from: Data(contentsOf: url))
  }

  /// The script's numbers from -1 to 1: one hash of 32 bits for each place.
  static func drawn(_ count: Int, seed: Int) -> [Float] {
    (0..<UInt64(count)).map { index in
      let mask: UInt64 = 0xFFFF_FFFF
      var h = (index &* 2_654_435_761 &+ UInt64(seed) &* 97_654_321) & mask
      for _ in 0..<2 { h = ((h ^ (h >> 16)) &* 0x45D_9F3B) & mask }
      h ^= h >> 16
      return (Float(h & 0xFFF) - 2_047.5) / 2_048
    }
  }

  /// The script's parameters.
  static func fill(_ parameters: [Parameter], seed: Int) {
    for (index, parameter) in parameters.enumerated() {
      let count = parameter.shape.elementCount
      var values = drawn(count, seed: seed + index)
      if parameter.shape.rank == 1 {
        let center: Float = parameter.name.hasSuffix("weight") ? 1 : 0
        values = values.map { $0 / 4 + center }
      } else {
        let fan = Double(count / parameter.shape[0])
        let scale = exp2(-(log2(fan / 6) / 2).rounded(.toNearestOrEven))
        values = values.map { $0 * Float(scale) }
      }
      parameter.value.update(from: values, count: count)
    }
  }

  /// Up to `most` values at even distances.
  static func thinned<Value>(_ values: [Value], most: Int = 300) -> [Value] {
    let step = max(1, (values.count + most - 1) / most)
    return stride(from: 0, to: values.count, by: step).map { values[$0] }
  }
}
