import TestSupport
import Tensors
import Testing

@testable import Datasets

@Suite struct PictureResizerTests {
  private func resized(_ picture: [Float], _ height: Int, _ width: Int, to size: (Int, Int))
    -> [Float]
  {
    let resizer = PictureResizer(
      from: PictureSize(height: height, width: width),
      to: PictureSize(height: size.0, width: size.1))
    var values = [Float](repeating: .nan, count: size.0 * size.1)
    var room = values.mutableSpan
    resizer.resize(picture.span, into: &room)
    return values
  }

  @Test func `twice the size weighs neighbours by quarters`() {
    #expect(resized([0, 8], 1, 2, to: (1, 4)) == [0, 2, 6, 8])
    #expect(resized([0, 8], 2, 1, to: (4, 1)) == [0, 2, 6, 8])
    #expect(resized([3], 1, 1, to: (2, 2)) == [3, 3, 3, 3])
  }

  @Test func `a smaller picture sees every pixel`() {
    // A step of two: weights 1, 3, 3, 1, and at the ends what is left of them.
    #expect(resized([7, 7, 7, 7], 1, 4, to: (1, 2)) == [7, 7])
    let left = resized([1, 0, 0, 0], 1, 4, to: (1, 2))
    #expect(abs(left[0] - 3 / 7) < 1e-6 && left[1] == 0)
  }

  /// `(7 row + 5 column + 3 row column) mod 11`, and PyTorch 2.15's
  /// `interpolate(…, mode="bilinear", antialias=True)` of it in float64.
  @Test func `sizes are PyTorch's`() {
    let picture = (0..<20).map { place in
      let (row, column) = (place / 5, place % 5)
      return Float((7 * row + 5 * column + 3 * row * column) % 11)
    }
    let expected: [((Int, Int), [Float])] = [
      (
        (3, 7),
        [
          2.1, 3.585714, 5.442857, 7.3, 6.014286, 6.614286, 8.1, 5.0, 4.142857, 3.071429, 2.0,
          4.857143, 5.357143, 4.5, 7.9, 4.7, 2.9, 4.4, 5.9, 4.1, 0.9,
        ]
      ),
      ((2, 2), [4.285714, 6.0, 4.285714, 4.071429]),
      ((1, 3), [4.357143, 4.49537, 5.142857]),
      ((4, 5), picture),
    ]
    for (size, values) in expected {
      expectClose(resized(picture, 4, 5, to: size), values, relative: 1e-6, "\(size)")
    }
  }
}
