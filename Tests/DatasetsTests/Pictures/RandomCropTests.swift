import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite struct RandomCropTests {
  private func regions(
    _ crop: RandomCrop, of size: PictureSize, count: Int
  ) -> [PictureRegion] {
    var random = SeededGenerator(seed: 5, stream: "crop")
    return (0..<count).map { _ in crop.region(of: size, random: &random) }
  }

  @Test func `areas and shapes stay within their bounds and reach them`() {
    let size = PictureSize(height: 300, width: 400)
    let parts = regions(RandomCrop(), of: size, count: 4_000)
    let areas = parts.map { Double($0.size.height * $0.size.width) / 120_000 }
    let shapes = parts.map { Double($0.size.width) / Double($0.size.height) }
    #expect(areas.allSatisfy { (0.078...1).contains($0) })
    #expect(shapes.allSatisfy { (0.74...1.35).contains($0) })
    #expect((areas.min() ?? 1) < 0.083 && (areas.max() ?? 0) > 0.95)
    #expect((shapes.min() ?? 1) < 0.755 && (shapes.max() ?? 0) > 1.325)
    for part in parts {
      #expect(part.top >= 0 && part.rows.upperBound <= 300)
      #expect(part.left >= 0 && part.columns.upperBound <= 400)
    }
    // Both corners are reached: nothing is off by one.
    #expect(parts.contains { $0.top == 0 } && parts.contains { $0.rows.upperBound == 300 })
    #expect(parts.contains { $0.left == 0 } && parts.contains { $0.columns.upperBound == 400 })
  }

  @Test func `small areas are uniform, and shapes are so in their logarithm`() {
    var crop = RandomCrop()
    crop.area = 0.01...0.21
    crop.ratio = 0.5...2
    let size = PictureSize(height: 1_000, width: 1_000)
    let parts = regions(crop, of: size, count: 4_000)
    let areas = parts.map { Double($0.size.height * $0.size.width) / 1e6 }
    #expect(abs(areas.reduce(0, +) / 4_000 - 0.11) < 0.005)
    // Half of the shapes are taller than wide.
    let tall = parts.count { $0.size.height > $0.size.width }
    #expect((1_840...2_160).contains(tall))
    let places = parts.map { Double($0.top) / Double(1_000 - $0.size.height) }
    #expect(abs(places.reduce(0, +) / 4_000 - 0.5) < 0.03)
  }

  @Test func `the numbers are used as torchvision uses them`() {
    var random = SeededGenerator(seed: 9, stream: "crop")
    var copy = random
    for _ in 0..<50 {
      let part = RandomCrop().region(of: PictureSize(height: 400, width: 400), random: &random)
      var (height, width) = (0.0, 0.0)
      repeat {
        let area = 160_000 * (0.08 + 0.92 * copy.uniform())
        let shape = exp(log(0.75) + (log(1.3333) - log(0.75)) * copy.uniform())
        height = (area / shape).squareRoot().rounded(.toNearestOrEven)
        width = (area * shape).squareRoot().rounded(.toNearestOrEven)
      } while height > 400 || width > 400
      let top = copy.integer(below: 401 - Int(height))
      let left = copy.integer(below: 401 - Int(width))
      let size = PictureSize(height: Int(height), width: Int(width))
      #expect(part == PictureRegion(top: top, left: left, size))
    }
  }

  @Test func `what never fits is cut from the middle`() {
    var crop = RandomCrop()
    let tall = regions(crop, of: PictureSize(height: 400, width: 3), count: 20)
    // 3 / 0.75 rows, in the middle of 400.
    #expect(
      tall.contains(
        PictureRegion(top: 198, left: 0, PictureSize(height: 4, width: 3))))
    #expect(
      crop.middle(of: PictureSize(height: 10, width: 101))
        == PictureRegion(top: 0, left: 44, PictureSize(height: 10, width: 13)))
    #expect(
      crop.middle(of: PictureSize(height: 10, width: 11))
        == PictureRegion(top: 0, left: 0, PictureSize(height: 10, width: 11)))
    crop.ratio = 50...60
    #expect(
      crop.middle(of: PictureSize(height: 100, width: 10))
        == PictureRegion(top: 49, left: 0, PictureSize(height: 1, width: 10)))
  }
}
