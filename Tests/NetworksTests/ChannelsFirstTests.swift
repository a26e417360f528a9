import Tensors
import Testing

@testable import Networks

/// Pictures as other libraries have them, channels before height and width.
@Suite struct ChannelsFirstTests {
  @Test(arguments: [
    ([3, 32, 32], 1), ([1, 28, 28], 1), ([4, 20, 64], 1), ([2, 64, 100], 1), ([13, 64, 64], 1),
    ([200, 11, 11], 1), ([16, 3, 112, 112], 2), ([3, 16, 112, 112], 1), ([1, 8, 5, 9], 1),
  ])
  func `channels that come first are named by the array's axis`(axes: [Int], axis: Int) {
    let shape = Shape(axes)
    let layout =
      axes.count == 4 ? "frames x height x width x channels" : "height x width x channels"
    #expect(
      shape.channelsFirstHint
        == "the samples are \(shape), which looks like channels first (axis \(axis) of the array, the \(axes[axis - 1])), but expected are \(layout); numpy.moveaxis(array, \(axis), -1) puts them last"
    )
  }

  @Test(arguments: [
    [], [3072], [3, 32], [28, 28], [32, 32, 3], [28, 28, 1], [64, 101, 1], [3, 3, 3], [5, 3, 3],
    [11, 11, 200], [8, 8, 8], [4, 4, 4], [2, 100, 1], [16, 112, 112, 3], [5, 4, 4, 4],
    [16, 32, 32, 1],
  ])
  func `other shapes are not talked about`(axes: [Int]) {
    #expect(Shape(axes).channelsFirstHint == nil)
  }

  @Test func `an encoder that cannot be built for them says so`() throws {
    func sentence(_ encoder: EncoderArchitecture, _ shape: Shape) throws -> String {
      try #require(throws: NetworkError.self) {
        try encoder.parameterCounts(inputShape: shape, features: 8)
      }.description
    }
    var small = ResNetOptions()
    small.width = 4
    var spectrogram = TransformerOptions()
    spectrogram.input = .spectrogram
    for (encoder, shape) in [
      (.cnn(.init()), [1, 28, 28]), (.cnn(.init()), [5, 3, 32, 32]),
      (.resnet18(small), [5, 3, 32, 32]),
      (.transformer(spectrogram), [1, 64, 100]),
    ] as [(EncoderArchitecture, Shape)] {
      let sentence = try sentence(encoder, shape)
      let hint = try #require(shape.channelsFirstHint)
      #expect(sentence.hasSuffix("; \(hint)"), "\(sentence)")
    }
    // Where nothing looks like it, nothing is said of it.
    let other = try sentence(.cnn(.init()), [28, 1, 1])
    #expect(!other.contains("moveaxis"))
  }

  @Test func `encoders that see neighbours are told from those that do not`() {
    var text = TransformerOptions()
    text.input = .text
    let seeing: [EncoderArchitecture] = [
      .cnn(.init()), .resnet18(.init()), .transformer(TransformerOptions()),
    ]
    #expect(seeing.map(\.takesPictures) == [true, true, true])
    #expect(!EncoderArchitecture.mlp(.init()).takesPictures)
    #expect(!EncoderArchitecture.transformer(text).takesPictures)
  }
}
