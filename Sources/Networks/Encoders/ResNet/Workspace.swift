import Tensors

/// Scratch memory that the layers of one network share: nothing in it outlives the pass of the
/// layer that fills it, except the gradients that one layer hands to the one before.
///
/// Layers say at first how much of each slot they need; memory is taken at the first use, once,
/// for the most demanding of them. What threads need besides is known when they compute.
final class Workspace {
  /// What a part of the memory is for.
  enum Slot: Int, CaseIterable {
    /// The gradients that layers hand on, in turns.
    case evenGradient, oddGradient
    /// Gradients within a residual block.
    case innerGradient, normGradient, shortcutGradient
    /// A norm's output where a convolution cannot apply the norm itself; a gradient to be added.
    case activation, addend
    /// The arrays of a Winograd convolution.
    case tiles, gradientTiles, sums, weights, weightGradients
  }

  private var sizes = [Int](repeating: 0, count: Slot.allCases.count)
  private var memory = [Tensor?](repeating: nil, count: Slot.allCases.count)

  /// Makes sure that `slot` will hold `count` floats.
  func reserve(_ slot: Slot, _ count: Int) {
    precondition(memory[slot.rawValue] == nil || count <= sizes[slot.rawValue], "\(slot) is in use")
    sizes[slot.rawValue] = max(sizes[slot.rawValue], count)
  }

  /// The whole of a slot, as single floats.
  func storage(_ slot: Slot) -> Tensor {
    if let tensor = memory[slot.rawValue] { return tensor }
    let tensor = Tensor([], capacity: sizes[slot.rawValue])
    memory[slot.rawValue] = tensor
    return tensor
  }

  /// The memory of a slot.
  func floats(_ slot: Slot) -> UnsafeMutablePointer<Float> { storage(slot).values }

  /// Room for `count` floats for each thread that may compute now, in a slot.
  func lanes(_ slot: Slot, of count: Int) -> Lanes {
    let (lanes, stride) = (Threads.count, (count + 15) & ~15)
    reserveLanes(slot, stride * lanes)
    return Lanes(count: lanes, first: floats(slot), stride: stride)
  }

  private func reserveLanes(_ slot: Slot, _ count: Int) {
    guard count > sizes[slot.rawValue] else { return }
    sizes[slot.rawValue] = count
    memory[slot.rawValue] = nil
  }

  /// A slot of each lane.
  struct Lanes {
    let count: Int
    fileprivate let first: UnsafeMutablePointer<Float>
    fileprivate let stride: Int

    subscript(lane: Int) -> UnsafeMutablePointer<Float> { first + lane * stride }
  }

  /// `count` samples of a shape in a slot.
  func tensor(_ slot: Slot, _ shape: Shape, count: Int) -> Tensor {
    Tensor(shape, over: storage(slot), count: count)
  }
}
