/// Times, rates and sizes of a plan, in the unit that suits them.
enum Units {
  /// `152.1 ms`, `1.52 s`, `56.0 us`.
  static func time(_ seconds: Double) -> String {
    switch seconds {
    case 1...: "\(Numerals.decimals(seconds, 2)) s"
    case 1e-3...: "\(Numerals.decimals(seconds * 1e3, seconds >= 0.1 ? 1 : 2)) ms"
    default: "\(Numerals.decimals(seconds * 1e6, 1)) us"
    }
  }

  /// `12.3 GB/s`.
  static func rate(_ bytes: Double) -> String {
    bytes >= 1e9
      ? "\(Numerals.decimals(bytes / 1e9, 1)) GB/s" : "\(Numerals.decimals(bytes / 1e6, 1)) MB/s"
  }

  /// `48.3 MiB`.
  static func bytes(_ count: Double) -> String { Numerals.bytes(Int(count.rounded())) }
}
