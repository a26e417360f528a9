import Networks
import Tensors
import Testing

/// How many threads compute must not be seen in any number, whoever computes the products.
@Suite struct ThreadCountTests {
  /// An encoder that is large enough to be split, for each kind of layer.
  struct Subject: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let architecture: EncoderArchitecture
    let inputShape: Shape
    var batch = 8
    var isText = false
  }

  static var subjects: [Subject] {
    var mlp = MLPOptions()
    mlp.hidden = [512, 300]
    var cnn = CNNOptions()
    cnn.channels = [16, 32]
    var resnet = ResNetOptions()
    (resnet.width, resnet.blocks) = (32, 1)
    var narrow = resnet
    narrow.width = 12
    var image = TransformerOptions()
    (image.width, image.depth, image.heads) = (96, 2, 3)
    (image.patchHeight, image.patchWidth, image.positions) = (8, 8, .learned)
    (image.pooling, image.dropout, image.stochasticDepth) = (.classToken, 0.1, 0.1)
    var text = TransformerOptions()
    (text.width, text.depth, text.heads, text.input) = (96, 2, 2, .text)
    (text.vocabulary, text.gelu) = (2_000, .tanh)
    var bert = text
    (bert.norm, bert.embeddingNorm, bert.dropout) = (.post, true, 0.1)
    var bag = BagOfWordsOptions()
    (bag.width, bag.vocabulary, bag.longestGram) = (96, 2_000, 2)
    return [
      Subject(testDescription: "mlp", architecture: .mlp(mlp), inputShape: [600], batch: 256),
      Subject(testDescription: "cnn", architecture: .cnn(cnn), inputShape: [48, 40, 3]),
      Subject(
        testDescription: "resnet18", architecture: .resnet18(resnet), inputShape: [112, 96, 3]),
      Subject(
        testDescription: "resnet18 by columns", architecture: .resnet18(narrow),
        inputShape: [112, 96, 3]),
      Subject(
        testDescription: "image", architecture: .transformer(image), inputShape: [96, 96, 3]),
      Subject(
        testDescription: "text", architecture: .transformer(text), inputShape: [128],
        batch: 12, isText: true),
      Subject(
        testDescription: "text, post-norm", architecture: .transformer(bert), inputShape: [128],
        batch: 12, isText: true),
      Subject(
        testDescription: "bag of words", architecture: .bagOfWords(bag), inputShape: [128],
        batch: 32, isText: true),
    ]
  }

  @Test(arguments: subjects, Products.allCases)
  func `steps give the same bits with one, two and three threads`(
    _ subject: Subject, products: Products
  ) throws {
    let alone = try train(subject, threads: 1, products)
    #expect(alone.allSatisfy(\.isFinite) && Set(alone).count > alone.count / 4)
    for threads in [2, 3] {
      let shared = try train(subject, threads: threads, products)
      let differing = zip(alone, shared).filter { $0.bitPattern != $1.bitPattern }
      #expect(differing.isEmpty, "\(differing.count) of \(alone.count) with \(threads) threads")
    }
  }

  /// All weights, the features and the features of an evaluation after three steps.
  private func train(
    _ subject: Subject, threads: Int, _ products: Products
  ) throws -> [Float] {
    try Threads.with(count: threads, products: products) {
      var generator = SeededGenerator(seed: 3, stream: "threads")
      let features = 48
      let encoder = try subject.architecture.makeEncoder(
        inputShape: subject.inputShape, features: features, capacity: subject.batch,
        generator: &generator)
      let input = Tensor(subject.inputShape, capacity: subject.batch)
      for index in 0..<input.elementCount {
        input.storage[index] =
          subject.isText ? Float(generator.integer(below: 2_000)) : Float(generator.normal())
      }
      let gradient = Tensor([features], capacity: subject.batch)
      var options = OptimizerOptions()
      (options.kind, options.learningRate, options.clipNorm) = (.adamw, 1e-3, 1)
      let optimizer = Optimizer(options, for: encoder.store)
      var numbers: [Float] = []
      for _ in 0..<3 {
        let output = encoder.forward(input, mode: .training)
        numbers += output.array
        for index in 0..<gradient.elementCount {
          gradient.storage[index] = output.storage[index] / 100 + Float(generator.normal())
        }
        encoder.backward(gradient)
        optimizer.step(learningRate: 1e-3)
      }
      numbers += encoder.forward(input, mode: .evaluation).array
      return numbers + encoder.store.values.array
    }
  }
}
