import Foundation
import Testing

@testable import Datasets

/// The pictures of `Golden/pictures`, and what Pillow makes of them.
struct PictureGolden {
  private let folder: String
  private let pixels: [UInt8]

  init() throws {
    folder = try #require(Bundle.module.resourcePath) + "/Golden/pictures"
    pixels = try InputFile.read("\(folder)/pixels.bin")
  }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  func bytes(_ name: String) throws -> [UInt8] { try InputFile.read(path(name)) }

  /// The rows of a table, without its head; each with what is expected at its last number.
  func table(_ name: String) throws -> [[String]] {
    try String(contentsOfFile: path(name + ".csv"), encoding: .utf8).split(separator: "\n")
      .dropFirst().map { $0.split(separator: ",").map(String.init) }
  }

  /// The expected picture at a place of pixels.bin.
  func expected(_ size: PictureSize, channels: Int, at place: Int) -> Picture {
    let count = size.height * size.width * channels
    return Picture(size, channels: channels, Array(pixels[place..<place + count]))
  }

  /// A picture as it is decoded, in grey if that is asked for.
  func picture(_ name: String, channels: Int = 3) throws -> Picture {
    let picture = try PictureDecoder().picture(at: path(name))
    return channels == 1 ? picture.grey() : picture
  }
}

/// Expects a picture to be another, byte for byte; says where they first differ.
func expectEqual(
  _ found: Picture, _ expected: Picture, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.size == expected.size, "\(name)", sourceLocation: sourceLocation)
  let places = zip(found.pixels, expected.pixels).enumerated().filter { $0.1.0 != $0.1.1 }
  guard let (place, levels) = places.first else { return }
  Issue.record(
    "\(name): \(places.count) levels differ, the first at byte \(place): \(levels)",
    sourceLocation: sourceLocation)
}

/// What is said about bytes that are refused.
func refusal(
  of bytes: [UInt8], by decoder: PictureDecoder = PictureDecoder()
) -> String {
  do {
    _ = try decoder.picture(of: bytes, place: "a")
    return "nothing is refused"
  } catch {
    return "\(error)"
  }
}
