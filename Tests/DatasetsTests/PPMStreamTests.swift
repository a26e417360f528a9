import Testing

@testable import Datasets

@Suite struct PPMStreamTests {
  private struct Frame: Equatable {
    let height: Int
    let width: Int
    let pixels: [UInt8]
  }

  private func frame(_ height: Int, _ width: Int, _ first: UInt8) -> (Frame, [UInt8]) {
    let pixels = (0..<height * width * 3).map { first &+ UInt8(truncatingIfNeeded: $0) }
    let bytes = Array("P6\n\(width) \(height)\n255\n".utf8) + pixels
    return (Frame(height: height, width: width, pixels: pixels), bytes)
  }

  /// What a stream in pieces of so many bytes holds.
  private func frames(_ bytes: [UInt8], pieces: Int) throws -> [Frame] {
    var stream = PPMStream(place: "a.mp4")
    var frames: [Frame] = []
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      try stream.take(bytes[start..<min(start + pieces, bytes.count)]) {
        frames.append(Frame(height: $0, width: $1, pixels: $2))
      }
    }
    try stream.finish()
    return frames
  }

  @Test func `pictures of any size follow one another, however the bytes are cut`() throws {
    // The second begins with what could be a line's end.
    let parts = [frame(2, 3, 200), frame(1, 1, 10), frame(4, 2, 0)]
    let bytes = parts.flatMap(\.1)
    for pieces in [1, 2, 7, 11, bytes.count] {
      #expect(try frames(bytes, pieces: pieces) == parts.map(\.0))
    }
    #expect(try frames([], pieces: 1) == [])
  }

  @Test func `what is no row of pictures is refused, before memory is taken`() {
    let whole = frame(2, 2, 0).1
    for (bytes, end) in [
      (Array(whole.dropLast()), "its last picture is not whole"),
      (whole + Array("P6".utf8), "its last picture is not whole"),
      (Array("P5\n1 1\n255\n...".utf8), "a picture's head is not one"),
      (Array("P6\n1 1\n65535\n......".utf8), "a picture's head is not one"),
      (Array("P6\n999999999 999999999\n255\n".utf8), "a picture's head is not one"),
      (Array("P6\n0 1\n255\n".utf8), "a picture's head is not one"),
      (Array("P6\n-1 1\n255\n".utf8), "a picture's head is not one"),
      (Array("P6\n1 1 1\n255\n".utf8), "a picture's head is not one"),
      (Array("P6\n1\n255\n".utf8), "a picture's head is not one"),
      (Array("P6\n\n\n".utf8), "a picture's head is not one"),
      (Array(repeating: 0x20, count: 100), "a picture has no head"),
    ] {
      #expect(
        refusal { _ = try frames(bytes, pieces: 5) }
          == "a.mp4: cannot be decoded: ffmpeg wrote no row of pictures, \(end)")
    }
  }

  @Test func `any damage is refused or read`() throws {
    let whole = frame(2, 2, 7).1 + frame(1, 2, 9).1
    for place in whole.indices {
      for flip: UInt8 in [1, 0x10, 0xFF] {
        var bytes = whole
        bytes[place] ^= flip
        let found = (try? frames(bytes, pieces: 3)) ?? []
        #expect(found.reduce(0) { $0 + $1.pixels.count } <= whole.count)
      }
    }
  }
}
