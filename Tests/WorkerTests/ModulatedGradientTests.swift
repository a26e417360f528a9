import Exchange
import Methods
import Networks
import Tensors
import Testing

@testable import Worker

/// What OGM-GE's worker makes of gradients.
@Suite struct ModulatedGradientTests {
  private let weight = Parameter("weight", [40, 100], .constant(0))
  private let bias = Parameter("bias", [100], .constant(0))

  private func turn(batch: Int = 0, scale: Double) -> JointTurn {
    let turn = JointTurn(
      labels: Buffer(1), logits: Tensor([1], capacity: 1), logitGradient: Tensor([1], capacity: 1))
    (turn.batch, turn.batchCount, turn.scale) = (batch, 10, scale)
    return turn
  }

  /// The gradients of weight and bias, 0, 1, 2, 3, 0, …, after a change.
  private func changed(
    _ turn: JointTurn, name: String = "image", draws: ((Buffer<Float>) -> Void)? = nil,
    _ change: (inout GradientModulation) -> Void = { _ in }
  ) throws -> [[Float]] {
    var method = GradientModulation()
    change(&method)
    let rule = ModulatedGradient(
      method, store: ParameterStore([weight, bias]), stream: (3, name))
    if let draws { rule.draws = { _, _, values in draws(values) } }
    guard case .tensors(let change)? = rule.change(turn) else { return [] }
    return [4_000, 100].enumerated().map { parameter, count in
      let gradient = Buffer<Float>((0..<count).map { Float($0 % 4) })
      change(parameter, gradient)
      return gradient.array
    }
  }

  @Test func `a weight's gradient is scaled, and disturbed as much as it varies`() throws {
    let found = try changed(turn(scale: 0.5))
    let plain = (0..<4_000).map { Double($0 % 4) }
    let noise = zip(found[0], plain).map { Double($0) - 0.5 * $1 }
    let mean = noise.reduce(0, +) / 4_000
    let deviation = (noise.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3_999).squareRoot()
    // The deviation of 0, 1, 2, 3 is the root of 1.25; four standard errors of 4,000 numbers.
    let expected = 1.25.squareRoot()
    #expect(abs(mean) < 4 * expected / 63)
    #expect(abs(deviation / expected - 1) < 4 / 89.4)
    #expect(found[1] == (0..<100).map { Float($0 % 4) })
  }

  @Test func `noise that is given is taken, times the deviation`() throws {
    let found = try changed(turn(scale: 0.5), draws: { $0.update(repeating: 2) })
    let deviation = Double(1.25 * 4_000 / 3_999).squareRoot()
    for place in 0..<8 {
      #expect(abs(Double(found[0][place]) - (0.5 * Double(place % 4) + 2 * deviation)) < 1e-6)
    }
  }

  @Test func `noise is the same wherever it is drawn, and another elsewhere`() throws {
    let all: (inout GradientModulation) -> Void = { $0.target = .all }
    let found = try changed(turn(scale: 0.5), draws: nil, all)
    #expect(try changed(turn(scale: 0.5), draws: nil, all) == found)
    let others = [
      try changed(turn(batch: 1, scale: 0.5), draws: nil, all),
      try changed(turn(scale: 0.5), name: "audio", draws: nil, all),
    ]
    for other in others {
      for (one, other) in zip(found, other) { #expect(zip(one, other).allSatisfy { $0 != $1 }) }
    }
    // Weight and bias begin alike, and have other numbers.
    #expect(found[0][0..<100] != found[1][0..<100])
  }

  @Test func `without noise gradients are scaled, and later epochs are left alone`() throws {
    let found = try changed(turn(scale: 0.5), draws: nil) { $0.hasNoise = false }
    #expect(found[0] == (0..<4_000).map { Float($0 % 4) / 2 })
    #expect(try changed(turn(scale: 0.5), draws: nil) { $0.lastEpoch = -1 } == [])
  }
}
