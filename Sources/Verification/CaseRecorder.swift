import Coordinator
import Exchange
import MLA
import Tensors

/// Records the trajectory of a case as the reference writes it: `out.*`, float64.
final class CaseRecorder {
  /// What was recorded, by name.
  private(set) var arrays: [String: [Double]] = [:]
  private let isStoringSteps: Bool

  /// - Parameter storesSteps: whether the case holds weights, gradients and P of every step.
  init(storesSteps: Bool) { isStoringSteps = storesSteps }

  /// Records a turn, just settled.
  func note(_ record: TurnRecord) {
    let shared = record.head
    let head = shared.head
    let weightCount = head.classCount * head.featureCount
    let isSkipped = record.totals.samples == 0
    let weights = Self.doubles(head.weight.values)
    let bias = Self.doubles(head.bias.values)
    append("loss", [record.totals.loss ?? .nan])
    append("norm_W", [Self.norm(weights)])
    append("norm_b", [Self.norm(bias)])
    append("norm_P", shared.projection?.norms ?? [.nan])
    append(
      "hbar",
      (0..<head.featureCount).map { isSkipped ? .nan : shared.update.meanFeature[$0] })
    guard isStoringSteps else { return }
    let zeros = [Double](repeating: 0, count: weightCount)
    append(
      "grad_W_raw", isSkipped ? zeros : Self.doubles(shared.weightGradient))
    append("grad_W_used", isSkipped ? zeros : Self.doubles(shared.weightStep))
    append("W", weights)
    append("b", bias)
    append("P", shared.projection?.matrices.flatMap { $0 } ?? [])
  }

  /// Records the head as training left it.
  func finish(_ shared: SharedHead) {
    let head = shared.head
    let weightCount = head.classCount * head.featureCount
    let velocity = Self.doubles(shared.velocity)
    set("final.head.W", Self.doubles(head.weight.values))
    set("final.head.b", Self.doubles(head.bias.values))
    set("final.velocity.head.W", Array(velocity[..<weightCount]))
    set("final.velocity.head.b", Array(velocity[weightCount...]))
    set("final.P", shared.projection?.matrices.flatMap { $0 } ?? [])
    set("skipped_absorptions", [Double(shared.projection?.skippedAbsorptions ?? 0)])
  }

  /// Records one array.
  func set(_ name: String, _ values: [Double]) { arrays["out." + name] = values }

  /// Records some numbers after those that an array has.
  func append(_ name: String, _ values: [Double]) {
    arrays["out." + name, default: []] += values
  }

  private static func doubles(_ values: Buffer<Float>) -> [Double] { values.array.map(Double.init) }

  private static func norm(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
