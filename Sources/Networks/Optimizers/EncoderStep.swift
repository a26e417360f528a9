/// One step of an encoder's parameters, which is taken layer by layer while the backward pass goes on: by
/// an optimizer alone, or together with those of other ranks.
public protocol EncoderStep: AnyObject {
  /// Begins the step of a mini-batch.
  func begin(learningRate: Double) throws

  /// The gradients of `range`, a layer's values, are complete as far as this rank computes them, and the
  /// store holds them. Nobody on this rank reads these values any more before `finish`.
  func complete(_ range: Range<Int>) throws

  /// Ends the step. Where it goes on elsewhere, the values must not be read before `settle`.
  ///
  /// - Returns: values whose gradients are infinite or not a number, so that the step has spoilt them, as far
  ///   as this rank knows; nil: there are none.
  func finish() throws -> Range<Int>?

  /// Waits until all values are those after the last step.
  func settle() throws
}
