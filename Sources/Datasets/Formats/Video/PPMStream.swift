import Storage

/// A row of pictures as ffmpeg writes them (`-f image2pipe -c:v ppm`), each `P6`, width and height, 255,
/// and three bytes a pixel; taken apart as it comes, with nothing in it trusted.
struct PPMStream {
  /// More rows or columns than any film has.
  static let longestSide = 16_384
  /// The longest head of a picture, in bytes.
  private static let longestHead = 32

  private let place: String
  /// The bytes of a head that is not whole yet.
  private var head: [UInt8] = []
  /// The size and the bytes, so far, of the picture that is being read.
  private var size: (height: Int, width: Int)?
  private var pixels: [UInt8] = []

  /// A stream without a byte; errors name `place`.
  init(place: String) { self.place = place }

  /// Takes the next bytes in, and hands on every picture that they complete: height, width,
  /// `[height, width, 3]`.
  mutating func take(
    _ bytes: ArraySlice<UInt8>, _ body: (Int, Int, [UInt8]) throws -> Void
  ) throws {
    var rest = bytes
    while !rest.isEmpty {
      guard let size else {
        try takeHead(&rest)
        continue
      }
      let count = size.height * size.width * 3
      let part = rest.prefix(count - pixels.count)
      pixels += part
      rest = rest.dropFirst(part.count)
      guard pixels.count == count else { return }
      try body(size.height, size.width, pixels)
      (self.size, pixels) = (nil, [])
    }
  }

  /// Throws where the stream ends within a picture.
  func finish() throws {
    guard size == nil, head.isEmpty else { throw broken("its last picture is not whole") }
  }

  /// Takes bytes up to the end of a head.
  private mutating func takeHead(_ rest: inout ArraySlice<UInt8>) throws {
    while let byte = rest.popFirst() {
      head.append(byte)
      guard byte == UInt8(ascii: "\n"), head.count(where: { $0 == byte }) == 3 else {
        if head.count >= Self.longestHead { throw broken("a picture has no head") }
        continue
      }
      let lines = head.split(separator: byte, omittingEmptySubsequences: false)
      let sides = lines[1].split(separator: UInt8(ascii: " ")).map { Int(digits: $0) ?? 0 }
      guard lines[0].elementsEqual("P6".utf8), lines[2].elementsEqual("255".utf8),
        sides.count == 2, sides.allSatisfy({ (1...Self.longestSide).contains($0) })
      else { throw broken("a picture's head is not one") }
      size = (sides[1], sides[0])
      head = []
      return
    }
  }

  private func broken(_ what: String) -> FileError {
    FileError(place, "cannot be decoded: ffmpeg wrote no row of pictures, \(what)")
  }
}

extension Int {
  /// The number that decimal digits write, of at most nine of them.
  fileprivate init?(digits: ArraySlice<UInt8>) {
    guard (1...9).contains(digits.count),
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    self = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }
}
