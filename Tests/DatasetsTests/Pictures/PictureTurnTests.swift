import Storage
import Testing

@testable import Datasets

/// What cameras note about a picture's orientation, found or passed over.
@Suite struct PictureTurnTests {
  private func number(_ bytes: [UInt8], _ format: PictureFormat = .jpeg) -> Int? {
    PictureTurn(of: bytes, format)?.number
  }

  private func segment(_ block: [UInt8], lengthBytes: [UInt8]? = nil) -> [UInt8] {
    let content = Array("Exif\0\0".utf8) + block
    let count = lengthBytes ?? [UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 255)]
    return [0xff, 0xd8, 0xff, 0xe1] + count + content + [0xff, 0xda]
  }

  /// A directory of one entry.
  private func big(_ entry: [UInt8], offset: [UInt8] = [0, 0, 0, 8]) -> [UInt8] {
    Array("MM\0*".utf8) + offset + [0, 1] + entry + [0, 0, 0, 0]
  }

  @Test func `a number is found in both orders of bytes`() {
    #expect(number(segment(big([1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0]))) == 8)
    let little: [UInt8] =
      Array("II*\0".utf8) + [8, 0, 0, 0, 2, 0] + [UInt8](repeating: 0, count: 12)
      + [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]
    #expect(number(segment(little)) == 6)
  }

  @Test func `what makes no sense is passed over`() {
    #expect(number(segment(big([1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0]))) == nil)
    #expect(number(segment(big([1, 0x12, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0]))) == nil)
    #expect(number(segment(big([1, 0x12, 0, 4, 0, 0, 0, 1, 0, 6, 0, 0]))) == nil)
    #expect(number(segment(big([1, 0x13, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]))) == nil)
    let entry: [UInt8] = [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0]
    #expect(number(segment(big(entry, offset: [0xff, 0xff, 0xff, 0xff]))) == nil)
    #expect(number(segment(big(entry), lengthBytes: [0xff, 0xff])) == nil)
    #expect(number(segment(big(entry), lengthBytes: [0, 1])) == nil)
    #expect(number(segment(Array(big(entry).prefix(18)))) == nil)
    #expect(number([0xff, 0xd8, 0xff]) == nil)
    for format in [PictureFormat.png, .webp] {
      #expect(number(segment(big(entry)), format) == nil)
      #expect(number([], format) == nil)
    }
  }

  @Test func `nothing is looked for behind the start of the pixels`() {
    let whole = segment(big([1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0]))
    #expect(number([0xff, 0xd8, 0xff, 0xda, 0, 2] + whole.dropFirst(2)) == nil)
  }

  @Test func `a picture is turned as its number says`() {
    let picture = Picture(PictureSize(height: 2, width: 3), channels: 1, [1, 2, 3, 4, 5, 6])
    let turned = (1...8).map { PictureTurn($0)?.applied(to: picture).pixels }
    #expect(
      turned == [
        [1, 2, 3, 4, 5, 6], [3, 2, 1, 6, 5, 4], [6, 5, 4, 3, 2, 1], [4, 5, 6, 1, 2, 3],
        [1, 4, 2, 5, 3, 6], [4, 1, 5, 2, 6, 3], [6, 3, 5, 2, 4, 1], [3, 6, 2, 5, 1, 4],
      ])
    #expect(PictureTurn(0) == nil && PictureTurn(9) == nil)
  }
}
