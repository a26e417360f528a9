import Testing

@testable import Datasets

/// Pictures in another size are Pillow's, bit for bit.
@Suite struct PixelResizerTests {
  private let golden: PictureGolden

  init() throws { golden = try PictureGolden() }

  /// A row of the table: file, channels, filter, the part that is seen, the new size, where that is.
  private struct Case {
    let picture: Picture
    let resizer: PixelResizer
    let part: PictureRegion
    let size: PictureSize
    let expected: Picture
    let name: String

    init(_ row: [String], _ golden: PictureGolden) throws {
      let numbers = try row[3...].map { try #require(Int($0)) }
      let channels = try #require(Int(row[1]))
      picture = try golden.picture(row[0], channels: channels)
      resizer = PixelResizer(try #require(ResizingFilter(rawValue: row[2])))
      part = PictureRegion(
        top: numbers[0], left: numbers[1], PictureSize(height: numbers[2], width: numbers[3]))
      size = PictureSize(height: numbers[4], width: numbers[5])
      expected = golden.expected(size, channels: channels, at: numbers[6])
      name = row.joined(separator: ",")
    }
  }

  @Test func `sizes are Pillow's, also of a part, also of one direction`() throws {
    let rows = try golden.table("resize")
    #expect(rows.count > 70)
    for row in rows {
      let test = try Case(row, golden)
      let resized = test.resizer.resize(test.picture, part: test.part, to: test.size)
      expectEqual(resized, test.expected, test.name)
    }
  }

  @Test func `a window is the same piece of the whole`() throws {
    for row in try golden.table("resize") {
      let test = try Case(row, golden)
      let window = PictureRegion(
        top: test.size.height / 3, left: test.size.width / 4,
        PictureSize(height: (test.size.height + 1) / 2, width: (test.size.width + 1) / 2))
      let resized = test.resizer.resize(
        test.picture, part: test.part, to: test.size, window: window)
      expectEqual(resized, test.expected.cut(window), test.name)
    }
  }

  @Test func `one resizer serves pictures of all sizes, one after the other`() throws {
    let resizer = PixelResizer(.bilinear)
    for row in try golden.table("resize").reversed() where row[2] == "bilinear" {
      let test = try Case(row, golden)
      let resized = resizer.resize(test.picture, part: test.part, to: test.size)
      expectEqual(resized, test.expected, test.name)
    }
  }

  @Test func `weights make up one, and cubic ones overshoot`() {
    // By hand: twice the size puts a new pixel a quarter of an old one beside the old one.
    let bilinear = PixelWeights(from: 2, to: 4, window: 0..<4, .bilinear)
    #expect(bilinear.values.map { $0 >> 18 } == [16, 12, 4, 4, 12, 16])
    // a = -0.5 at distances 1.25, 0.25, 0.75, 1.75.
    let bicubic = PixelWeights(from: 4, to: 8, window: 3..<4, .bicubic)
    let weights = bicubic.values.map { Double($0) / Double(1 << 22) }
    #expect(weights == [-0.0703125, 0.8671875, 0.2265625, -0.0234375])
  }
}
