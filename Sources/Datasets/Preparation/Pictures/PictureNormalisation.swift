/// What is subtracted from levels in 0 … 1, and what they are divided by, channel by channel.
public enum PictureNormalisation: String, Sendable, CaseIterable {
  /// Mean 0.485, 0.456, 0.406 and deviation 0.229, 0.224, 0.225, of ImageNet: torchvision's models,
  /// CAV-MAE, MLA.
  case imagenet
  /// Mean and deviation 0.5: -1 … 1, as many vision transformers have it.
  case half
  /// Mean 0.5762, 0.5503, 0.5213 and deviation 0.3207, 0.3169, 0.3307, of CC12M: M3AE.
  case m3ae
  /// Nothing: levels stay in 0 … 1.
  case none

  private var means: [Float] {
    switch self {
    case .imagenet: [0.485, 0.456, 0.406]
    case .half: [0.5, 0.5, 0.5]
    case .m3ae: [0.5762, 0.5503, 0.5213]
    case .none: [0, 0, 0]
    }
  }

  private var deviations: [Float] {
    switch self {
    case .imagenet: [0.229, 0.224, 0.225]
    case .half: [0.5, 0.5, 0.5]
    case .m3ae: [0.3207, 0.3169, 0.3307]
    case .none: [1, 1, 1]
    }
  }

  /// What each of the 256 levels becomes, one table a channel, in the single precision and the order of
  /// torchvision's `ToTensor` and `Normalize`. A grey picture has the mean of the three channels' numbers.
  func tables(channels: Int) -> [[Float]] {
    func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(values.count) }
    let means = channels == 3 ? means : [mean(means)]
    let deviations = channels == 3 ? deviations : [mean(deviations)]
    return zip(means, deviations).map { mean, deviation in
      (0..<256).map { (Float($0) / 255 - mean) / deviation }
    }
  }
}
