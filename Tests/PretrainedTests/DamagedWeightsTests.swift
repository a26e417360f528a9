import Networks
import Storage
import TestSupport
import Tensors
import Testing

@testable import Pretrained

/// Files whose header is in order and whose tensors are not: each is read, or refused with a sentence.
@Suite struct DamagedWeightsTests {
  @Test func `weights with tensors that are lost, renamed or of other shapes`() throws {
    let scratch = try Scratch()
    var generator = SeededGenerator(seed: 3, stream: "damage")
    var (refused, read) = (0, 0)
    for model in try GoldenModel.all() {
      let whole = try TensorFile(path: model.path("model")).tensors.filter {
        $0.elementType != .int64
      }
      let sample = try model.pass("x").sample
      for _ in 0..<20 {
        try SafeTensors.write(damaged(whole, &generator), to: scratch["w"])
        do {
          let weights = try PretrainedWeights(
            path: scratch["w"], options: model.options, for: model.architecture)
          let encoder = try weights.architecture.makeEncoder(
            inputShape: sample, features: 5, capacity: 1)
          try weights.load(into: encoder)
          read += 1
        } catch let error as FileError {
          #expect(error.problem.count > 20)
          refused += 1
        } catch is NetworkError {
          refused += 1
        }
      }
    }
    #expect(refused > 60 && read > 10, "\(refused) refused, \(read) read")
  }

  /// The tensors with some changes; values are zeros.
  private func damaged(
    _ tensors: [StoredTensor], _ generator: inout SeededGenerator
  ) -> [NamedState] {
    func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }
    var named = tensors.map { (name: $0.name, axes: $0.shape.dimensions) }
    for _ in 0...below(2) {
      let place = below(named.count)
      let axis = below(max(1, named[place].axes.count))
      switch below(6) {
      case 0: named.remove(at: place)
      case 1: named[place].name += "x"
      case 2: named[place].axes = []
      case 3: named[place].axes.insert(1 + below(3), at: axis)
      case 4 where !named[place].axes.isEmpty: named[place].axes[axis] = below(20)
      default: named[place].axes.reverse()
      }
    }
    return named.map {
      NamedState($0.name, Shape($0.axes), Buffer<Float>(Shape($0.axes).elementCount))
    }
  }
}
