import CKernels
import Tensors

/// Passes over rows `[rows, columns]` that threads share.
enum RowKernels {
  /// `values += bias` in every row.
  static func addBias(
    _ values: UnsafeMutablePointer<Float>, _ bias: UnsafePointer<Float>, rows: Int, columns: Int
  ) {
    Threads.split(rows, work: 2 * columns) { part, _ in
      layer_add_bias(values + part.lowerBound * columns, bias, part.count, columns)
    }
  }

  /// `values = max(values + bias, 0)` in every row.
  static func rectify(
    _ values: UnsafeMutablePointer<Float>, _ bias: UnsafePointer<Float>, rows: Int, columns: Int
  ) {
    Threads.split(rows, work: 2 * columns) { part, _ in
      linear_rectify(values + part.lowerBound * columns, bias, part.count, columns)
    }
  }

  /// `inputGradient` = `gradient` where `output` is above 0, else 0, and its column sums, rows
  /// ascending: each column's in one thread.
  static func rectifyGradient(
    _ output: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    into inputGradient: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>, rows: Int,
    columns: Int
  ) {
    Threads.split(columns, grain: Elementwise.grain, work: 3 * rows) { part, _ in
      let first = part.lowerBound
      linear_rectify_gradient(
        output + first, gradient + first, inputGradient + first, sums + first, rows, part.count,
        columns)
    }
  }

  /// The column sums, rows ascending: each column's in one thread.
  static func columnSums(
    _ values: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, rows: Int, columns: Int
  ) {
    Threads.split(columns, grain: Elementwise.grain, work: rows) { part, _ in
      let first = part.lowerBound
      layer_column_sums(values + first, sums + first, rows, part.count, columns)
    }
  }

  /// `output = x + branch + bias`; may be `x` or `branch`.
  static func add(
    _ x: UnsafePointer<Float>, _ branch: UnsafePointer<Float>, _ bias: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, rows: Int, columns: Int
  ) {
    Threads.split(rows, work: 3 * columns) { part, _ in
      let place = part.lowerBound * columns
      rows_add(x + place, branch + place, bias, output + place, part.count, columns)
    }
  }

  /// `output` = GELU of `input + bias`; may be `input`.
  static func gelu(
    _ input: UnsafePointer<Float>, _ bias: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, rows: Int, columns: Int, isTanh: Int32
  ) {
    // An exponential and a polynomial weigh more than the memory.
    Threads.split(rows, work: 4 * columns) { part, _ in
      let place = part.lowerBound * columns
      gelu_rows(input + place, bias, output + place, part.count, columns, isTanh)
    }
  }

  /// Turns the gradient by GELU's output into that by its input; see `gelu_rows_gradient`. Threads
  /// share the columns, whose sums go to `biasGradient`.
  static func geluGradient(
    _ input: UnsafePointer<Float>, _ bias: UnsafePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>, rows: Int, columns: Int, isTanh: Int32
  ) {
    Threads.split(columns, grain: Elementwise.grain, work: 6 * rows) { part, _ in
      let first = part.lowerBound
      gelu_rows_gradient(
        input + first, bias + first, gradient + first, output + first, biasGradient + first, rows,
        part.count, columns, isTanh)
    }
  }
}
