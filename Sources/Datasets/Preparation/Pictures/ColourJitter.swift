import Tensors

/// How much colours change at random, as torchvision's `ColorJitter`: each factor is uniform within
/// 1 - x … 1 + x, not below 0, and the three changes come in random order.
public struct ColourJitter: Sendable, Equatable {
  /// How far the factor of brightness is from 1.
  public var brightness = 0.0
  /// How far the factor of contrast is from 1.
  public var contrast = 0.0
  /// How far the factor of saturation is from 1.
  public var saturation = 0.0

  /// No change.
  public init() {}

  /// Changes a picture; draws nothing where nothing is asked for.
  func change(_ picture: inout Picture, random: inout SeededGenerator) {
    var changes: [(ColourChange, Double)] = [
      (.brightness, brightness), (.contrast, contrast), (.saturation, saturation),
    ].filter { $0.1 > 0 }
    for place in changes.indices.dropFirst().reversed() {
      changes.swapAt(place, random.integer(below: place + 1))
    }
    for (change, reach) in changes {
      let lowest = max(0, 1 - reach)
      let factor = lowest + (1 + reach - lowest) * random.uniform()
      change.apply(Float(factor), to: &picture)
    }
  }
}

/// A change of colours by a factor, bit for bit that of Pillow's `ImageEnhance`: 1 leaves the picture as
/// it is, 0 leaves a grey alone, and between them, or beyond, it is a blend of both.
enum ColourChange: CaseIterable {
  /// 0: black.
  case brightness
  /// 0: the mean grey of the picture.
  case contrast
  /// 0: every pixel's own grey.
  case saturation

  /// Changes a picture.
  func apply(_ factor: Float, to picture: inout Picture) {
    if factor == 1 { return }
    switch self {
    case .brightness: blend(&picture, factor) { _ in 0 }
    case .contrast:
      let grey = picture.grey().pixels
      let mean = Double(grey.reduce(0) { $0 + Int($1) }) / Double(grey.count)
      let level = Int(mean + 0.5)
      blend(&picture, factor) { _ in level }
    case .saturation:
      let grey = picture.grey().pixels
      blend(&picture, factor) { Int(grey[$0]) }
    }
  }

  /// Pillow's `Image.blend` of a grey and the picture, in single precision, cut to whole levels.
  @inline(__always)
  private func blend(
    _ picture: inout Picture, _ factor: Float, with grey: (Int) -> Int
  ) {
    let channels = picture.channels
    for pixel in 0..<picture.size.height * picture.size.width {
      let level = grey(pixel)
      for place in pixel * channels..<(pixel + 1) * channels {
        let mixed = Float(level) + factor * Float(Int(picture.pixels[place]) - level)
        picture.pixels[place] = UInt8(max(0, min(255, mixed)))
      }
    }
  }
}
