import Testing

@testable import Datasets

@Suite struct PictureFramingTests {
  private func framing(
    _ height: Int, _ width: Int, _ resizing: PictureFraming.Resizing, _ side: Int? = nil
  ) -> PictureFraming {
    var framing = PictureFraming(size: PictureSize(height: height, width: width))
    (framing.resizing, framing.shorterSide) = (resizing, side)
    return framing
  }

  private func sizes(_ framing: PictureFraming, _ height: Int, _ width: Int) -> [Int] {
    let size = framing.resized(PictureSize(height: height, width: width))
    return [size.height, size.width]
  }

  @Test func `a picture covers the size and no more, or gets it exactly`() {
    // torchvision: Resize(224) of 375 x 500 is 224 x int(224 * 500 / 375).
    #expect(sizes(framing(224, 224, .shorter), 375, 500) == [224, 298])
    #expect(sizes(framing(224, 224, .shorter), 500, 375) == [298, 224])
    #expect(sizes(framing(224, 224, .shorter, 256), 375, 500) == [256, 341])
    #expect(sizes(framing(100, 50, .shorter), 30, 30) == [100, 100])
    #expect(sizes(framing(100, 50, .shorter), 30, 10) == [150, 50])
    #expect(sizes(framing(100, 50, .shorter), 20, 10) == [100, 50])
    #expect(sizes(framing(100, 50, .exact), 7, 9) == [100, 50])
    #expect(sizes(framing(100, 50, .none), 700, 900) == [700, 900])
  }

  @Test func `a picture never ends up smaller than the size`() throws {
    for (height, width) in [(7, 3), (3, 7), (1, 1000), (1000, 1), (640, 427), (99, 100)] {
      let size = PictureSize(height: height, width: width)
      try framing(224, 224, .shorter).check(size, place: "a")
      try framing(31, 64, .shorter).check(size, place: "a")
      try framing(9, 2, .exact).check(size, place: "a")
    }
    #expect {
      try framing(20, 30, .none).check(PictureSize(height: 20, width: 29), place: "a.png")
    } throws: {
      "\($0)" == "a.png: is 29 x 20 pixels, smaller than the 30 x 20 that are cut out of it; set"
        + " resize: shorter or exact"
    }
  }

  @Test func `the middle rounds halves to even, as torchvision does`() {
    func top(_ rest: Int) -> Int {
      PictureRegion(
        middle: PictureSize(height: 1, width: 1), of: PictureSize(height: 1 + rest, width: 1)
      ).top
    }
    #expect((0...7).map(top) == [0, 0, 1, 2, 2, 2, 3, 4])
  }

  @Test func `the picture is resized, then its middle is cut out`() throws {
    let golden = try PictureGolden()
    let picture = try golden.picture("resize.png")
    let resizer = PixelResizer(.bicubic)
    let framed = framing(8, 10, .shorter).framed(picture, by: resizer)
    // 17 x 23 by 10 columns is 7 rows, too few: by 8 rows it is 10 columns.
    let whole = resizer.resize(picture, to: PictureSize(height: 8, width: 10))
    #expect(framed == whole)
    let cut = framing(5, 6, .none).framed(picture, by: resizer)
    #expect(
      cut == picture.cut(PictureRegion(top: 6, left: 8, PictureSize(height: 5, width: 6))))
  }
}
