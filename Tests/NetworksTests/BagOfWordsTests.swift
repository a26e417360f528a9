import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct BagOfWordsTests {
  private func layer(_ length: Int, grams: Int = 1, width: Int = 2) -> BagOfWordsLayer {
    BagOfWordsLayer(
      length: length, vocabulary: 5, width: width, longestGram: grams, buckets: 7)
  }

  /// Gives every row of the table its number, and a tenth of it.
  private func number(_ layer: BagOfWordsLayer) -> BoundLayer {
    let bound = BoundLayer(layer)
    for row in 0..<layer.vectors.shape[0] {
      (layer.vectors.values[2 * row], layer.vectors.values[2 * row + 1]) = (
        Float(row), Float(row) / 16
      )
    }
    return bound
  }

  @Test func `a text is the mean of its tokens, wherever padding stands`() throws {
    let layer = layer(3)
    let bound = number(layer)
    let input = Tensor([3], [4, 0, 1, 0, 0, 0, 2, 2, 0])
    let output = layer.forward(input, mode: .training).array
    #expect(output == [2.5, 2.5 / 16, 0, 0, 2, 2 / 16])
    for index in 0..<bound.store.count { bound.store.gradients[index] = .nan }
    let back = layer.backward(
      Tensor([2], [1, 2, 3, 4, 5, 6]), wantsInputGradient: true)
    #expect(back?.array == [Float](repeating: 0, count: 9))
    // Token 1 and 4 have half of the first sample, token 2 all of the third.
    #expect(bound.store.gradients.array == [0, 0, 0.5, 1, 5, 6, 0, 0, 0.5, 1])
    for wrong: Float in [5, -1, 1.5, .nan, .infinity, 1e30] {
      let output = layer.forward(Tensor([3], [wrong, 1, 0, 1, 1, 1]), mode: .evaluation).array
      #expect(output[..<2].allSatisfy(\.isNaN) && output[2...] == [1, 1 / 16])
    }
  }

  /// Rows of runs, from FNV-1a in Python: (2, 3) and (2, 3, 4) have row 5, (3, 4) has 6 and (3, 2) has 7.
  @Test func `runs of neighbours have rows of their own`() {
    let bound = number(layer(4, grams: 3))
    func sum(_ tokens: [Float]) -> Float {
      let output = bound.layer.forward(Tensor([4], tokens), mode: .evaluation).array
      return output[0]
    }
    #expect(sum([2, 3, 0, 0]) == 10 * (1 / 3 as Float))
    #expect(sum([3, 2, 0, 0]) == 12 * (1 / 3 as Float))
    // Padding parts no neighbours: it is not there.
    #expect(sum([2, 0, 3, 0]) == sum([2, 3, 0, 0]))
    #expect(sum([2, 3, 4, 0]) == 25 * (1 / 6 as Float))
    let pairs = number(layer(4, grams: 2))
    let output = pairs.layer.forward(Tensor([4], [2, 3, 4, 0]), mode: .evaluation).array
    #expect(output[0] == 20 * (1 / 5 as Float))
  }

  /// A layer whose input, token numbers that cannot move, is always the same.
  private final class Held: Layer {
    let bag: BagOfWordsLayer
    let tokens: Tensor
    init(_ bag: BagOfWordsLayer, _ tokens: Tensor) { (self.bag, self.tokens) = (bag, tokens) }
    var outputShape: Shape { bag.outputShape }
    var parameters: [Parameter] { bag.parameters }
    func forward(_ input: Tensor, mode: Mode) -> Tensor { bag.forward(tokens, mode: mode) }
    func backward(_ gradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
      bag.backward(gradient, wantsInputGradient: wantsInputGradient)
    }
  }

  @Test(arguments: [1, 2, 4], [1, 16, 50])
  func `a bag passes central differences`(grams: Int, width: Int) {
    let tokens = Tensor([5], [4, 0, 1, 4, 2, 0, 0, 0, 0, 0, 3, 3, 3, 0, 0])
    expectCentralDifferences(
      BoundLayer(Held(layer(5, grams: grams, width: width), tokens)), drawn([5], count: 3))
  }

  @Test func `what does not fit is refused`() throws {
    func error(_ shape: Shape, _ change: (inout BagOfWordsOptions) -> Void) -> NetworkError? {
      var options = BagOfWordsOptions()
      options.vocabulary = 9
      change(&options)
      do {
        _ = try EncoderArchitecture.bagOfWords(options).makeEncoder(
          inputShape: shape, features: 3, capacity: 2)
      } catch { return error as? NetworkError }
      return nil
    }
    #expect(error([4]) { _ in } == nil)
    #expect(error([4, 4]) { _ in } == .bagNeedsText(inputShape: [4, 4]))
    #expect(error([4]) { $0.vocabulary = nil } == .needsVocabulary(encoder: "bag_of_words"))
    #expect(
      error([4]) { ($0.longestGram, $0.buckets) = (2, 1 << 24) } == nil)
    #expect(
      error([4]) { ($0.vocabulary, $0.width) = (1 << 24, 1 << 10) }
        == .tooLarge(array: "the vectors of the tokens", inputShape: [4]))
    // n-grams that nobody asks for take no memory.
    let counts = try EncoderArchitecture.bagOfWords(.init()).withVocabulary(9).parameterCounts(
      inputShape: [4], features: 3)
    #expect(counts == [27])
  }
}
