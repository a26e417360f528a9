import Storage
import Testing

@testable import Datasets

/// Gzip files of several members, as `cat`, `pigz` and `bgzip` make them.
@Suite struct GzipTests {
  private let images = Handmade.idx(2051, [2, 2, 3], (1...12).map { UInt8($0 * 20) })

  /// Members that end after so many bytes, then the rest; an empty member where a number repeats.
  private func members(endingAt places: [Int]) -> [UInt8] {
    let bounds = [0] + places + [images.count]
    return zip(bounds, bounds.dropFirst()).flatMap { Handmade.gzip(Array(images[$0..<$1])) }
  }

  private func pixels(_ bytes: [UInt8]) throws -> [UInt8] {
    let file = try IDXFile(bytes: bytes, .images, place: "images")
    return (0..<file.dimensions.reduce(1, *)).map { file[$0] }
  }

  @Test(arguments: [[], [20], [16], [3], [0], [28], [0, 0, 1, 1, 2, 15, 16, 16, 17, 27, 28, 28]])
  func `all members are one file, wherever they part it`(places: [Int]) throws {
    #expect(try pixels(members(endingAt: places)) == Array(images.dropFirst(16)))
  }

  @Test func `a member with an extra field, as bgzip writes it, is read`() throws {
    var first = Handmade.gzip(Array(images.prefix(18)))
    first[3] = 4
    first.insert(contentsOf: [6, 0, 66, 67, 2, 0, 99, 0], at: 10)
    let rest = Handmade.gzip(Array(images.dropFirst(18))) + Handmade.gzip([])
    #expect(try pixels(first + rest) == Array(images.dropFirst(16)))
  }

  @Test(arguments: [
    (12, "is truncated: the gzip data ends early"), (1, "has 1 byte after the gzip data"),
  ])
  func `a last member that is cut off is refused`(kept: Int, problem: String) {
    let whole = members(endingAt: [20])
    let first = Handmade.gzip(Array(images.prefix(20)))
    #expect(throws: FileError("images", problem)) {
      try pixels(Array(whole.prefix(first.count + kept)))
    }
  }

  @Test func `a later member's checksum and size count`() {
    var wrong = members(endingAt: [20])
    wrong[wrong.count - 5] ^= 1
    #expect(throws: FileError("images", "cannot be inflated: incorrect data check")) {
      try pixels(wrong)
    }
    #expect(
      throws: FileError("images", "inflates to more than the 28 bytes its header declares")
    ) { try pixels(members(endingAt: [20]) + Handmade.gzip([7])) }
  }
}
