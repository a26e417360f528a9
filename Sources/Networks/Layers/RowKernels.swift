import CKernels
import Tensors

/// Passes over rows `[rows, columns]` that threads share.
enum RowKernels {
  /// `values += bias` in every row.
  static func addBias(_ values: Buffer<Float>, _ bias: Buffer<Float>, rows: Int, columns: Int) {
    let (values, bias) = (values.pointer, bias.pointer)
    Threads.split(rows, work: 2 * columns) { part, _ in
      rows_add_bias(values + part.lowerBound * columns, bias, part.count, columns)
    }
  }

  /// `values = max(values + bias, 0)` in every row.
  static func rectify(_ values: Buffer<Float>, _ bias: Buffer<Float>, rows: Int, columns: Int) {
    let (values, bias) = (values.pointer, bias.pointer)
    Threads.split(rows, work: 2 * columns) { part, _ in
      rows_rectify(values + part.lowerBound * columns, bias, part.count, columns)
    }
  }

  /// `inputGradient` = `gradient` where `output` is above 0, else 0, and its column sums, rows
  /// ascending: each column's in one thread.
  static func rectifyGradient(
    _ output: Buffer<Float>, _ gradient: Buffer<Float>, into inputGradient: Buffer<Float>,
    sums: Buffer<Float>, rows: Int, columns: Int
  ) {
    let (output, gradient) = (output.pointer, gradient.pointer)
    let (inputGradient, sums) = (inputGradient.pointer, sums.pointer)
    Threads.split(columns, grain: Elementwise.grain, work: 3 * rows) { part, _ in
      let first = part.lowerBound
      rows_rectify_gradient(
        output + first, gradient + first, inputGradient + first, sums + first, rows, part.count,
        columns)
    }
  }

  /// The column sums, rows ascending: each column's in one thread.
  static func columnSums(
    _ values: Buffer<Float>, into sums: Buffer<Float>, rows: Int, columns: Int
  ) {
    let (values, sums) = (values.pointer, sums.pointer)
    Threads.split(columns, grain: Elementwise.grain, work: rows) { part, _ in
      let first = part.lowerBound
      rows_column_sums(values + first, sums + first, rows, part.count, columns)
    }
  }

  /// `output = x + branch + bias`; may be `x` or `branch`.
  static func add(
    _ x: Buffer<Float>, _ branch: Buffer<Float>, _ bias: Buffer<Float>, into output: Buffer<Float>,
    rows: Int, columns: Int
  ) {
    let (x, branch) = (x.pointer, branch.pointer)
    let (bias, output) = (bias.pointer, output.pointer)
    Threads.split(rows, work: 3 * columns) { part, _ in
      let place = part.lowerBound * columns
      rows_add(x + place, branch + place, bias, output + place, part.count, columns)
    }
  }

  /// `output` = GELU of `input + bias`; may be `input`.
  static func gelu(
    _ input: Buffer<Float>, _ bias: Buffer<Float>, into output: Buffer<Float>, rows: Int,
    columns: Int, isTanh: Int32
  ) {
    let (input, bias, output) = (input.pointer, bias.pointer, output.pointer)
    // An exponential and a polynomial weigh more than the memory.
    Threads.split(rows, work: 4 * columns) { part, _ in
      let place = part.lowerBound * columns
      gelu_rows(input + place, bias, output + place, part.count, columns, isTanh)
    }
  }

  /// Turns the gradient with respect to GELU's output into that with respect to its input; see
  /// `gelu_rows_gradient`. Threads share the columns, whose sums go to `biasGradient`.
  static func geluGradient(
    _ input: Buffer<Float>, _ bias: Buffer<Float>, _ gradient: Buffer<Float>, output: Buffer<Float>,
    biasGradient: Buffer<Float>, rows: Int, columns: Int, isTanh: Int32
  ) {
    let (input, bias, gradient) = (input.pointer, bias.pointer, gradient.pointer)
    let (output, biasGradient) = (output.pointer, biasGradient.pointer)
    Threads.split(columns, grain: Elementwise.grain, work: 6 * rows) { part, _ in
      let first = part.lowerBound
      gelu_rows_gradient(
        input + first, bias + first, gradient + first, output + first, biasGradient + first, rows,
        part.count, columns, isTanh)
    }
  }
}
