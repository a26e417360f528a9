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
  private let memory = Slot.allCases.map { _ in RowStorage([]) }

  /// Makes sure that `slot` will hold `count` floats.
  func reserve(_ slot: Slot, _ count: Int) {
    let isTaken = memory[slot.rawValue].tensor.capacity > 0
    precondition(!isTaken || count <= sizes[slot.rawValue], "\(slot) is in use")
    sizes[slot.rawValue] = max(sizes[slot.rawValue], count)
  }

  /// The whole of a slot, as single floats.
  func storage(_ slot: Slot) -> Tensor {
    memory[slot.rawValue].rows(sizes[slot.rawValue], growsAhead: false)
  }

  /// Room for `count` floats for each thread that may compute now, in a slot.
  func lanes(_ slot: Slot, of count: Int) -> Lanes {
    let (lanes, stride) = (Threads.count, (count + 15) & ~15)
    sizes[slot.rawValue] = max(sizes[slot.rawValue], stride * lanes)
    return Lanes(count: lanes, storage: storage(slot).held, stride: stride)
  }

  /// A slot of each lane.
  struct Lanes {
    let count: Int
    fileprivate let storage: Buffer<Float>
    fileprivate let stride: Int

    subscript(lane: Int) -> Buffer<Float> { storage[lane * stride..<(lane + 1) * stride] }
  }

  /// `count` samples of a shape in a slot.
  func tensor(_ slot: Slot, _ shape: Shape, count: Int) -> Tensor {
    Tensor(shape, over: storage(slot), count: count)
  }

  /// Takes the memory of slots, as large as it was reserved.
  func take(_ slots: Slot...) { for slot in slots { _ = storage(slot) } }
}
