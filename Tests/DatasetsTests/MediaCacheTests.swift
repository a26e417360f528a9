import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite struct MediaCacheTests {
  private let folder: SoundFolder
  private let media: String
  private let cache: MediaCache

  init() throws {
    folder = try SoundFolder()
    media = try folder.write("a.mp4", [1, 2, 3])
    cache = MediaCache(folder: "\(folder.path)/cache/deep")
  }

  private let pixels = DecodedSample([2, 1, 3], .bytes([1, 2, 3, 250, 251, 252]))
  private let sound = DecodedSample([3], .floats([0.5, -1, .greatestFiniteMagnitude]))

  private struct Unwanted: Error {}

  private func stored(
    _ sample: DecodedSample? = nil, settings: String = "1 frame"
  ) throws -> DecodedSample {
    try cache.sample(of: media, decodedBy: settings, suffix: "frames") {
      guard let sample else { throw Unwanted() }
      return sample
    }
  }

  private func expectEqual(
    _ a: DecodedSample, _ b: DecodedSample, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(a.shape == b.shape, sourceLocation: sourceLocation)
    switch (a.values, b.values) {
    case (.bytes(let a), .bytes(let b)): #expect(a == b, sourceLocation: sourceLocation)
    case (.floats(let a), .floats(let b)): #expect(a == b, sourceLocation: sourceLocation)
    default: Issue.record("values of two kinds", sourceLocation: sourceLocation)
    }
  }

  private func files() throws -> [String] {
    try FileNames.of(cache.folder).map { "\(cache.folder)/\($0)" }
  }

  @Test func `what was decoded once is read back`() throws {
    try expectEqual(stored(pixels), pixels)
    try expectEqual(stored(), pixels)
    try expectEqual(stored(sound, settings: "sound"), sound)
    try expectEqual(stored(settings: "sound"), sound)
    try expectEqual(stored(), pixels)
    #expect(try files().count == 2)
  }

  @Test func `a file that changed, and other settings, are decoded again`() throws {
    _ = try stored(pixels)
    #expect(throws: Unwanted.self) { _ = try stored(settings: "2 frames") }
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: media)
    #expect(throws: Unwanted.self) { _ = try stored() }
    _ = try stored(pixels)
    try folder.write("a.mp4", [1, 2, 3, 4])
    #expect(throws: Unwanted.self) { _ = try stored() }
    let gone = refusal {
      _ = try cache.sample(of: "/none.mp4", decodedBy: "", suffix: "") { pixels }
    }
    #expect(gone == "/none.mp4: cannot be examined: No such file or directory")
  }

  @Test func `nothing is kept of what could not be decoded`() throws {
    #expect(throws: Unwanted.self) { _ = try stored() }
    #expect(!FileManager.default.fileExists(atPath: cache.folder))
  }

  @Test func `what is damaged is decoded again, and never believed`() throws {
    _ = try stored(pixels)
    let file = try #require(files().first)
    let whole = try InputFile.read(file)
    for kept in 0..<whole.count {
      try Data(whole.prefix(kept)).write(to: URL(fileURLWithPath: file))
      #expect(throws: Unwanted.self) { _ = try stored() }
    }
    for place in 0..<whole.count - 6 {
      var bytes = whole
      bytes[place] ^= 0x81
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      #expect(throws: Unwanted.self, "byte \(place)") { _ = try stored() }
    }
    // Axes that are as many values in another order.
    var turned = whole
    turned.swapAt(40, 48)
    try Data(turned).write(to: URL(fileURLWithPath: file))
    #expect(throws: Unwanted.self) { _ = try stored() }
    try Data(whole + [0]).write(to: URL(fileURLWithPath: file))
    #expect(throws: Unwanted.self) { _ = try stored() }
    try expectEqual(stored(pixels), pixels)
    #expect(try InputFile.read(file) == whole)
  }

  @Test func `a folder that cannot be made is named`() throws {
    try folder.write("cache", [1])
    #expect(
      refusal { _ = try stored(pixels) }
        == "\(cache.folder): cannot be made; data.cache says where it lies: Not a directory")
  }
}
