import Tensors

extension Shape {
  /// What to do about samples that look like pictures with their channels first, as other libraries
  /// have them; nil for all others.
  ///
  /// Only a guess: a picture of three rows and 32 channels has the same shape as one of 3 x 32 x 32
  /// colours.
  public var channelsFirstHint: String? {
    guard let axis = channelsFirstAxis else { return nil }
    let what = rank == 4 ? "frames x height x width x channels" : "height x width x channels"
    // The array's first axis is that of the samples.
    return
      "the samples are \(self), which looks like channels first (axis \(axis + 1) of the array, the"
      + " \(dimensions[axis])), but expected are \(what); numpy.moveaxis(array, \(axis + 1), -1) puts"
      + " them last"
  }

  /// The axis of a sample that seems to be its channels, where that is not the last one.
  private var channelsFirstAxis: Int? {
    guard rank == 3 || rank == 4 else { return nil }
    func looksLikeChannels(_ axis: Int) -> Bool {
      let (count, height, width) = (
        dimensions[axis], dimensions[rank - 2], dimensions[rank - 1]
      )
      guard height > Self.mostColours, width > Self.mostColours else { return false }
      // Few beside many are colours; and what stands before a square picture are its channels.
      return count <= Self.mostColours || (rank == 3 && height == width && count != height)
    }
    return (0..<(rank - 2)).reversed().first(where: looksLikeChannels)
  }

  /// Red, green, blue and transparency.
  private static let mostColours = 4
}

extension EncoderArchitecture {
  /// Whether neighbours within a sample mean something to this encoder, as they do in pictures.
  public var takesPictures: Bool {
    switch self {
    case .mlp, .bagOfWords, .standIn: false
    case .cnn, .resnet18: true
    case .transformer(let options): options.input != .text
    }
  }
}
