import Storage
import Testing

@testable import Datasets

/// What is no picture, or none that is read, gets one clear sentence.
@Suite struct PictureRefusalTests {
  private let golden: PictureGolden

  init() throws { golden = try PictureGolden() }

  @Test func `other formats are named`() {
    let expected = "expected a JPEG, PNG or WebP picture"
    #expect(refusal(of: Array("GIF89a".utf8)) == "a: holds a GIF picture, \(expected); convert it")
    #expect(
      refusal(of: Array("<!DOCTYPE html><html>404".utf8))
        == "a: holds a web page, \(expected); convert it")
    #expect(refusal(of: Array("\0\0\0\u{18}ftypheic".utf8)).contains("HEIC"))
    #expect(
      refusal(of: [0xff, 0xd8, 0, 1]) == "a: begins with the bytes ff d8 00 01, \(expected)")
    #expect(refusal(of: Array("RIFF\0\0\0\0WAVE".utf8)).contains("begins with the bytes 52 49"))
  }

  @Test func `empty files and pointers are what they are`() throws {
    let folder = try TemporaryFolder()
    func refusal(_ bytes: [UInt8]) throws -> String {
      let path = try folder.write(bytes, "a.jpg")
      let error = try #require(throws: FileError.self) {
        try PictureDecoder().picture(at: path)
      }
      return error.problem
    }
    #expect(try refusal([]) == "is empty")
    #expect(
      try refusal(Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".utf8))
        == "is a git-lfs pointer, not the data; fetch the data with 'git lfs pull'")
  }

  @Test(arguments: [
    "ycbcr420.jpg", "progressive.jpg", "cmyk.jpg", "rgb8.png", "rgb-alpha8-interlaced.png",
    "lossy.webp", "lossless.webp", "alpha-lossy.webp",
  ])
  func `a picture that is cut off anywhere is refused`(name: String) throws {
    let bytes = try golden.bytes(name)
    let shown = (12..<bytes.count).filter {
      refusal(of: Array(bytes[..<$0])) == "nothing is refused"
    }
    // What fills WebP's last chunk up to an even length is no part of the picture.
    #expect(shown == [] || name.hasSuffix(".webp") && shown == [bytes.count - 1])
    let half = refusal(of: Array(bytes[..<(bytes.count - bytes.count / 8)]))
    #expect(half.contains("is cut off: its") && half.hasSuffix("copy it again"), "\(half)")
  }

  @Test func `an animation is refused`() throws {
    #expect(
      try refusal(of: golden.bytes("animated.webp"))
        == "a: is animated, expected a single picture; save one of its frames")
  }

  @Test func `what is damaged is named with the library's words`() throws {
    var bytes = try golden.bytes("rgb8.png")
    bytes[40] ^= 1
    #expect(refusal(of: bytes).hasPrefix("a: cannot be decoded: its PNG data are damaged ("))
    var photo = try golden.bytes("ycbcr444.jpg")
    // A table of Huffman's codes that nobody may make.
    let table = try #require(
      photo.indices.first { photo[$0...].starts(with: [0xff, 0xc4]) })
    for place in table + 5..<table + 21 { photo[place] = 200 }
    #expect(
      refusal(of: photo)
        == "a: cannot be decoded: its JPEG data are damaged (Bogus Huffman table definition); copy"
        + " it again")
  }

  @Test func `a size is refused before memory is taken`() throws {
    func declaring(_ height: [UInt8], _ width: [UInt8], _ name: String) throws -> [UInt8] {
      var bytes = try golden.bytes(name)
      let frame = try #require(
        bytes.indices.first { bytes[$0] == 0xff && [0xc0, 0xc2].contains(bytes[$0 + 1]) })
      bytes.replaceSubrange(frame + 5..<frame + 9, with: height + width)
      return bytes
    }
    let large = try declaring([0xea, 0x60], [0xea, 0x60], "ycbcr444.jpg")
    #expect(
      refusal(of: large + [UInt8](repeating: 0, count: 10_000_000))
        == "a: declares 60000 x 60000 pixels, at most 100000000 are read; make it smaller")
    let medium = try declaring([0x20, 0], [0x10, 0], "ycbcr444.jpg")
    #expect(
      refusal(of: medium).hasPrefix(
        "a: declares 4096 x 8192 pixels, which its \(medium.count) bytes cannot hold"))
    var decoder = PictureDecoder()
    decoder.mostPixels = 13 * 19 - 1
    #expect(
      try refusal(of: golden.bytes("lossy.webp"), by: decoder)
        == "a: declares 19 x 13 pixels, at most 246 are read; make it smaller")
  }

  @Test func `a PNG picture may be no longer than the longest side`() throws {
    // IHDR alone, with its sum: 70,000 x 1 pixels of one bit.
    let head: [UInt8] = [
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 1,
      0x11, 0x70, 0, 0, 0, 1, 1, 0, 0, 0, 0,
    ]
    let sum = Inflation.crc32(head[12...])
    let bytes = head + (0..<4).reversed().map { UInt8(truncatingIfNeeded: sum >> UInt32(8 * $0)) }
    let data: [UInt8] = [0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54, 0x35, 0xaf, 0x06, 0x1e]
    #expect(
      refusal(of: bytes + data)
        == "a: declares 70000 x 1 pixels, expected at most 65535 a side")
  }

  @Test func `scans beyond all measure are refused`() throws {
    var bytes = try golden.bytes("progressive.jpg")
    // The scan of the first coefficients again and again.
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xff, 0xda]) })
    let next = try #require(
      bytes.indices.first { $0 > start + 1 && bytes[$0] == 0xff && bytes[$0 + 1] > 0xbf })
    let scan = bytes[start..<next]
    bytes.insert(contentsOf: repeatElement(scan, count: 300).joined(), at: next)
    let sentence = refusal(of: bytes)
    #expect(sentence == "a: has more than 200 scans, which no program writes")
  }
}
