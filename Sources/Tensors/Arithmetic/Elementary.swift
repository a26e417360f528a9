import CKernels

/// Elementary functions in float64, with the same bits on every machine: those of the C library change
/// with its version and with the processor. Whatever training or data depend on is computed by these.
public enum Elementary {
  /// e to the power of x.
  public static func exponential(_ x: Double) -> Double { elementary_exponential(x) }

  /// The natural logarithm: -infinity at 0, NaN below.
  public static func logarithm(_ x: Double) -> Double { elementary_logarithm(x) }

  /// `base` to the power of `exponent`, for bases from 0 on; NaN below.
  public static func power(_ base: Double, _ exponent: Double) -> Double {
    elementary_power(base, exponent)
  }

  /// The sine of an angle in turns: a full turn is 1.
  public static func sine(turns: Double) -> Double { elementary_sine_of_turns(turns) }

  /// The cosine of an angle in turns: a full turn is 1.
  public static func cosine(turns: Double) -> Double { elementary_cosine_of_turns(turns) }
}
