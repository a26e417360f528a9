import Storage
import Testing

@testable import Datasets

/// Pictures of every kind are Pillow's, bit for bit.
@Suite struct PictureDecoderTests {
  private let golden: PictureGolden

  init() throws { golden = try PictureGolden() }

  @Test func `every kind of picture is Pillow's`() throws {
    let rows = try golden.table("decode")
    #expect(rows.count > 60)
    for row in rows {
      let numbers = try row[2...].map { try #require(Int($0)) }
      var decoder = PictureDecoder()
      decoder.orientation = try #require(PictureDecoder.Orientation(rawValue: row[1]))
      let picture = try decoder.picture(at: golden.path(row[0]))
      let size = PictureSize(height: numbers[0], width: numbers[1])
      let expected = golden.expected(size, channels: 3, at: numbers[2])
      expectEqual(picture, expected, "\(row[0]), \(row[1])")
    }
  }

  @Test func `every level with every alpha stands on white as in Pillow`() throws {
    let every = try golden.picture("every-alpha.png")
    expectEqual(every, try golden.picture("every-alpha-on-white.png"), "every alpha")
    #expect(every.pixels.count == 256 * 256 * 3)
  }

  @Test func `on black, alpha makes dark`() throws {
    var decoder = PictureDecoder()
    decoder.background = .black
    let every = try decoder.picture(at: golden.path("every-alpha.png"))
    for (opacity, level) in [(0, 255), (255, 255), (128, 200), (255, 7), (1, 127)] {
      let seen = every.pixels[(opacity * 256 + level) * 3]
      #expect(seen == UInt8((Double(level * opacity) / 255).rounded()), "\(level), \(opacity)")
    }
  }

  @Test func `the name says nothing about the content`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(try golden.bytes("rgb8.png"), "a.jpg")
    #expect(try PictureDecoder().picture(at: path) == golden.picture("rgb8.png"))
  }

  @Test func `a scaled picture is never smaller than what it is for`() throws {
    let bytes = try golden.bytes("ycbcr444.jpg")
    func size(_ height: Int, _ width: Int) throws -> PictureSize {
      let least = PictureSize(height: height, width: width)
      return try PictureDecoder().picture(of: bytes, place: "a", atLeast: { _ in least }).size
    }
    // 13 x 19 by 2, 4 and 8, rounded up.
    #expect(try size(8, 10) == PictureSize(height: 13, width: 19))
    #expect(try size(7, 10) == PictureSize(height: 7, width: 10))
    #expect(try size(4, 6) == PictureSize(height: 7, width: 10))
    #expect(try size(4, 5) == PictureSize(height: 4, width: 5))
    #expect(try size(2, 3) == PictureSize(height: 2, width: 3))
    #expect(try size(1, 1) == PictureSize(height: 2, width: 3))
  }

  @Test func `what a scaled picture is for is meant upright`() throws {
    var decoder = PictureDecoder()
    decoder.orientation = .exif
    // 7 x 11 in the file, 11 x 7 upright: 4 x 6 is its half, 6 x 4 upright.
    let picture = try decoder.picture(of: golden.bytes("turned6.jpg"), place: "a") { whole in
      #expect(whole == PictureSize(height: 11, width: 7))
      return PictureSize(height: 6, width: 4)
    }
    #expect(picture.size == PictureSize(height: 6, width: 4))
  }

  @Test func `PNG and WebP are decoded whole whatever they are for`() throws {
    for name in ["rgb8.png", "lossy.webp"] {
      let picture = try PictureDecoder().picture(of: golden.bytes(name), place: "a") { _ in
        PictureSize(height: 1, width: 1)
      }
      #expect(picture == (try golden.picture(name)))
    }
  }
}
