import Tensors

/// What one training pass costs, counted from shapes: no clock is asked.
public struct LayerCost: Sendable, Equatable {
  /// One direction of a pass.
  public struct Direction: Sendable, Equatable {
    /// Multiplications, an addition with each, of products and convolutions as their definitions
    /// have them: a shorter way to the same result counts no less, and what is computed a second
    /// time counts once.
    public var multiplyAdds: Int
    /// The bytes that must move at least: inputs, outputs and weights, each read or written once.
    public var movedByteCount: Int

    /// So many multiplications, and floats read or written.
    public init(multiplyAdds: Int = 0, floats: Int) {
      self.multiplyAdds = multiplyAdds
      movedByteCount = 4 * floats
    }
  }

  /// The way to the output.
  public var forward: Direction
  /// The way back: the gradients with respect to the parameters, and with respect to the input
  /// where it is wanted.
  public var backward: Direction
  /// The bytes that stay from the way there to the way back: of outputs, not of scratch memory.
  public var keptByteCount: Int

  /// Both ways, and the floats that are kept between them.
  public init(forward: Direction, backward: Direction, keptFloats: Int) {
    self.forward = forward
    self.backward = backward
    keptByteCount = 4 * keptFloats
  }

  /// A product with weights, be it of matrices or a convolution: backward is one product of the
  /// same size for the gradient of the weights and, where it is wanted, one for that of the input.
  static func product(
    multiplyAdds: Int, input: Int, weights: Int, output: Int, keptFloats: Int,
    wantsInputGradient: Bool = true
  ) -> LayerCost {
    let floats = input + weights + output
    return LayerCost(
      forward: Direction(multiplyAdds: multiplyAdds, floats: floats),
      backward: Direction(
        multiplyAdds: (wantsInputGradient ? 2 : 1) * multiplyAdds,
        floats: floats + (wantsInputGradient ? weights + input : 0)),
      keptFloats: keptFloats)
  }

  /// A pass over memory, without products.
  static func pass(forward: Int, backward: Int, keptFloats: Int = 0) -> LayerCost {
    LayerCost(
      forward: Direction(floats: forward), backward: Direction(floats: backward),
      keptFloats: keptFloats)
  }
}

/// A part of a layer with what it costs, such as one convolution of a residual block.
public struct LayerPart: Sendable, Equatable {
  /// The name within its layer; empty if the layer is all of one part.
  public let name: String
  /// What the part costs for one batch.
  public let cost: LayerCost

  /// A part of a layer.
  public init(_ name: String, _ cost: LayerCost) {
    self.name = name
    self.cost = cost
  }

  /// All of a layer.
  public init(_ cost: LayerCost) { self.init("", cost) }
}

extension Layer {
  /// One part without products that reads its input and writes its output, once each way.
  public func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart]
  {
    let weights = parameters.elementCount
    let ends = output.elementCount + (wantsInputGradient ? input.elementCount : 0)
    return [
      LayerPart(
        .pass(
          forward: input.elementCount + weights + output.elementCount, backward: ends + weights,
          keptFloats: output.elementCount))
    ]
  }

  /// Nothing: a layer of one part has nothing to say.
  public func observeParts(_ partEnded: ((String) -> Void)?) {}
}
