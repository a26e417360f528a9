import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct ResidualTests {
  private func encoder(
    _ shape: Shape, features: Int = 10, capacity: Int = 3,
    _ change: (inout ResNetOptions) -> Void = { _ in }
  ) throws -> Encoder {
    var options = ResNetOptions()
    options.width = 4
    change(&options)
    var generator = SeededGenerator(seed: 1, stream: "encoder")
    return try EncoderArchitecture.resnet18(options).makeEncoder(
      inputShape: shape, features: features, capacity: capacity, generator: &generator)
  }

  private func error(
    _ shape: Shape, _ change: (inout ResNetOptions) -> Void = { _ in }
  ) -> NetworkError? {
    do {
      _ = try encoder(shape, change)
      return nil
    } catch {
      return error as? NetworkError
    }
  }

  @Test func `gradients of sliding pools are central differences`() {
    for (shape, size, stride, padding, count): (Shape, Int, Int, Int, Int) in [
      ([5, 7, 3], 3, 2, 1, 2), ([6, 4, 17], 2, 1, 0, 1), ([3, 5, 16], 3, 1, 2, 1),
      ([8, 3, 2], 2, 3, 1, 3),
    ] {
      let layer = SlidingMaxPool2DLayer(
        inputShape: shape, size: size, stride: stride, padding: padding, capacity: 3)
      expectCentralDifferences(
        BoundLayer(layer), drawn(shape, count: count), step: 1e-4, tolerance: 2e-2)
    }
  }

  @Test func `gradients of a block are central differences`() {
    for (shape, filters, stride): (Shape, Int, Int) in [
      ([3, 2, 3], 3, 1), ([5, 4, 2], 5, 2), ([4, 5, 16], 16, 1),
    ] {
      let layer = ResidualBlock(inputShape: shape, filters: filters, stride: stride, capacity: 3)
      expectCentralDifferences(
        BoundLayer(layer), drawn(shape, count: 3), step: 1e-4, tolerance: 2e-2)
    }
  }

  @Test func `a border never wins, and NaN always does`() {
    let layer = SlidingMaxPool2DLayer(
      inputShape: [2, 2, 1], size: 3, stride: 2, padding: 1, capacity: 2)
    let input = Tensor([2, 2, 1], [-4, -3, -2, -1, -4, .nan, -2, -1])
    let output = layer.forward(input, mode: .training).array
    #expect(output[0] == -1 && output[1].isNaN)
    let back = layer.backward(Tensor([1, 1, 1], [5, 6]), wantsInputGradient: true)
    #expect(back?.array == [0, 0, 0, 5, 0, 6, 0, 0])
  }

  @Test func `a mean over places and frames spreads its gradient evenly`() {
    let layer = PlacesMean(inputShape: [1, 2, 2], frames: 2, capacity: 2)
    let input = Tensor([1, 2, 2], [1, 10, 2, 20, 3, 30, 6, 60])
    #expect(layer.forward(input, mode: .training).array == [3, 30])
    let back = layer.backward(Tensor([2], [4, 8]), wantsInputGradient: true)
    #expect(back?.count == 2 && back?.array == [1, 2, 1, 2, 1, 2, 1, 2])
    let other = PlacesMean(inputShape: [13, 11, 19], frames: 1, capacity: 2)
    expectCentralDifferences(BoundLayer(other), drawn([13, 11, 19], count: 2))
  }

  @Test func `Winograd's convolution is the plain one`() {
    // Several bands of tiles, panels of 16 and 32 filters, tiles that the image cuts.
    for (height, width, channels, filters, padding, count) in [
      (30, 27, 16, 48, 1, 3), (5, 6, 32, 16, 0, 2), (4, 4, 48, 32, 2, 1), (9, 7, 16, 16, 1, 7),
      (3, 3, 160, 16, 1, 3), (7, 7, 16, 144, 1, 40),
    ] {
      let (shape, workspace): (Shape, Workspace) = ([height, width, channels], Workspace())
      func convolution(_ method: BlockConvolution.Method) -> (BlockConvolution, ParameterStore) {
        let result = BlockConvolution(
          inputShape: shape, filters: filters, kernel: 3, stride: 1, padding: padding,
          capacity: count, workspace: workspace, method: method)
        var generator = SeededGenerator(seed: 5, stream: "weights")
        return (result, ParameterStore([result.weight], from: &generator))
      }
      let norm = ChannelNorm(channels: channels, places: 1)
      let input = drawn(shape, count: count)
      var generator = SeededGenerator(seed: 6, stream: "norm")
      let normStore = ParameterStore([norm.weight, norm.bias], from: &generator)
      for index in 0..<normStore.count { norm.weight.value[index] += 0.1 * Float(index % 5) }
      norm.see(input, mode: .training)
      norm.settle(.training)
      func run(_ method: BlockConvolution.Method) -> [[Float]] {
        let (layer, store) = convolution(method)
        let output = Tensor(layer.outputShape, capacity: count)
        let inputGradient = drawn(shape, count: count, seed: 8)
        layer.forward(input, norm: norm, into: output)
        layer.backward(
          input, norm: norm, outputGradient: drawn(layer.outputShape, count: count, seed: 9),
          inputGradient: inputGradient, adds: true)
        let gradient = store.gradients.array
        return [output.array, inputGradient.array, Array(gradient)]
      }
      let (found, expected) = (run(.fastest), run(.columns))
      for (index, what) in ["output", "input gradient", "weight gradient"].enumerated() {
        expectClose(found[index], expected[index], relative: 1e-5, "\(what) of \(shape)")
      }
    }
  }

  @Test func `blocks and stems repeat bit for bit`() {
    for (shape, filters, stride): (Shape, Int, Int) in [
      ([9, 7, 16], 16, 1), ([9, 7, 16], 32, 2), ([5, 4, 3], 3, 1),
    ] {
      let layer = ResidualBlock(inputShape: shape, filters: filters, stride: stride, capacity: 3)
      expectRepeatable(BoundLayer(layer), shape: shape)
    }
    let stem = ResidualStem(frameShape: [13, 9, 3], filters: 16, capacity: 3)
    expectRepeatable(BoundLayer(stem), shape: [13, 9, 3])
  }

  @Test func `a resnet18 has torchvision's parameters`() throws {
    let encoder = try encoder([32, 32, 3], features: 512, capacity: 1) { $0.width = 64 }
    // torchvision's 11,689,512 without its classifier of 513,000.
    #expect(encoder.store.count == 11_176_512)
    #expect(encoder.store.parameters.count == 60 && encoder.states.count == 40)
    let names = encoder.store.parameters.map(\.name)
    #expect(names[0] == "stem1.conv.weight" && names[3] == "block1.conv1.weight")
    #expect(names.contains("block3.downsample.norm.bias") && names.count == Set(names).count)
    #expect(Set(encoder.states.map(\.name)).count == 40)
    #expect(encoder.featureCount == 512)
  }

  @Test func `one sample of any size trains`() throws {
    for (shape, frames): (Shape, Int?) in [
      ([1, 1, 1], nil), ([5, 3], nil), ([33, 65, 2], nil), ([1, 7, 5, 3], 1), ([3, 9, 9, 1], 3),
    ] {
      let encoder = try encoder(shape, features: 3) { $0.frames = frames }
      for count in [1, 3, 2] {
        let features = encoder.forward(drawn(shape, count: count), mode: .training)
        #expect(features.count == count && features.stride == 3)
        #expect(features.array.allSatisfy { $0.isFinite })
        encoder.backward(drawn([3], count: count))
        let gradients = encoder.store.gradients.array
        #expect(gradients.allSatisfy { $0.isFinite })
      }
      #expect(encoder.forward(drawn(shape, count: 2), mode: .evaluation).count == 2)
    }
  }

  @Test func `the features of a video are the mean of its frames' features`() throws {
    let video = try encoder([3, 9, 11, 2], capacity: 2) { $0.frames = 3 }
    let image = try encoder([9, 11, 2], capacity: 6)
    restore(image.weights, from: video.weights)
    let frames = drawn([3, 9, 11, 2], count: 2)
    let single = image.forward(Tensor([9, 11, 2], frames.array), mode: .evaluation).array
    let found = video.forward(frames, mode: .evaluation).array
    var expected = [Float](repeating: 0, count: 20)
    for frame in 0..<6 {
      for feature in 0..<10 {
        expected[frame / 3 * 10 + feature] += single[frame * 10 + feature] / 3
      }
    }
    expectClose(found, expected, relative: 1e-5)
  }

  @Test func `NaN in an image reaches the features`() throws {
    let encoder = try encoder([17, 13, 3])
    let input = drawn([17, 13, 3], count: 2)
    input.values[40] = .nan
    let features = encoder.forward(input, mode: .evaluation).array
    #expect(features[..<10].contains { $0.isNaN } && features[10...].allSatisfy { $0.isFinite })
  }

  @Test func `wrong inputs and options are told apart`() throws {
    #expect(error([40]) == .needsImage(encoder: "resnet18", inputShape: [40]))
    #expect(error([3, 8, 8, 1]) == .wrongFrames(nil, inputShape: [3, 8, 8, 1]))
    #expect(error([3, 8, 8, 1]) { $0.frames = 4 } == .wrongFrames(4, inputShape: [3, 8, 8, 1]))
    #expect(error([8, 8, 1]) { $0.frames = 8 } == .wrongFrames(8, inputShape: [8, 8, 1]))
    #expect(error([8, 8, 1]) { $0.width = 0 } != nil && error([8, 8, 1]) { $0.blocks = 0 } != nil)
    #expect(error([40_000, 40_000, 3]) { $0.width = 64 } != nil)
    #expect(NetworkError.wrongFrames(4, inputShape: [3, 8, 8, 1]).description.contains("frames"))
  }
}
