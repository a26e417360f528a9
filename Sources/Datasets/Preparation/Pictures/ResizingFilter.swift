/// How a picture in another size is made of its neighbours, as Pillow names and computes it.
public enum ResizingFilter: String, Sendable, CaseIterable {
  /// A triangle of one pixel either way.
  case bilinear
  /// Keys's cubic with a = -0.5, of two pixels either way.
  case bicubic

  /// How far it reaches, in pixels of the smaller of both pictures.
  var reach: Double { self == .bilinear ? 1 : 2 }

  /// The weight of what is `distance` away.
  func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .bilinear: return x < 1 ? 1 - x : 0
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }
  }
}
