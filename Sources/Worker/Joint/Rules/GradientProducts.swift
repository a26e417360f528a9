import Tensors

/// The inner products of two gradients, in float64: of the joint loss, and of a modality's own.
struct GradientProducts {
  private(set) var joint = 0.0
  private(set) var mixed = 0.0
  private(set) var own = 0.0

  /// Nothing yet.
  init() {}

  /// The products of two gradients of one size.
  init(_ joint: Buffer<Float>, _ own: Buffer<Float>) {
    (self.joint, mixed, self.own) = joint.products(with: own)
  }

  static func + (one: Self, other: Self) -> Self {
    var sum = one
    sum.joint += other.joint
    sum.mixed += other.mixed
    sum.own += other.own
    return sum
  }

  /// The cosine between the gradients; 0 where one is as good as 0.
  var cosine: Double { mixed / (max(joint.squareRoot(), 1e-8) * max(own.squareRoot(), 1e-8)) }

  /// The length of a weighed sum.
  func length(joint a: Double, own b: Double) -> Double {
    max(0, a * a * joint + 2 * a * b * mixed + b * b * own).squareRoot()
  }

  /// Half each without conflict, else the weights of the point of least norm between the gradients.
  var paretoWeights: (joint: Double, own: Double) {
    guard cosine <= 0 else { return (0.5, 0.5) }
    let part =
      if mixed >= joint { 0.999 } else if mixed >= own { 0.001 } else {
        (own - mixed) / (joint + own - 2 * mixed)
      }
    return (part, 1 - part)
  }
}
