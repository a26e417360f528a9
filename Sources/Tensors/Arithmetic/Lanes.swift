import CKernels

/// The width of the vectors that our own kernels compute with. All widths that fuse multiply-adds give
/// the same bits.
public enum Lanes: String, Sendable, CaseIterable {
  /// What every processor has: four floats, nothing fused, bits of its own.
  case plain
  /// AVX2 and FMA.
  case avx2
  /// AVX-512.
  case avx512

  /// The environment variable that names a width in place of the widest that there is.
  public static let variable = "ANTIPHON_LANES"

  /// The width in use, decided when the program was loaded.
  public static var current: Lanes { Lanes(width_in_use()) }

  /// The widths that this processor can run.
  public static var available: [Lanes] {
    [WIDTH_PLAIN, WIDTH_AVX2, WIDTH_AVX512].filter { width_is_there($0) != 0 }.map(Lanes.init)
  }

  /// Throws if the environment asks for a width that there is not.
  public static func check() throws {
    guard let asked = width_refused() else { return }
    throw UnknownLanes(asked: String(cString: asked))
  }

  private init(_ width: Width) {
    self = Lanes(rawValue: String(cString: width_name(width))) ?? .plain
  }
}

/// `ANTIPHON_LANES` names what this processor does not have.
public struct UnknownLanes: Error, CustomStringConvertible {
  let asked: String

  /// What was found, and what there is.
  public var description: String {
    "\(Lanes.variable): found '\(asked)', expected one that this processor can run: "
      + Lanes.available.map(\.rawValue).joined(separator: ", ")
  }
}
