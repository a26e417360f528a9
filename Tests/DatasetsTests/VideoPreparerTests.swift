import Foundation
import Tensors
import Testing

@testable import Datasets

/// Clips as some of their frames.
@Suite struct VideoPreparerTests {
  private let folder: SoundFolder
  private let golden: PictureGolden
  private let fake: FakeFFmpeg

  init() throws {
    folder = try SoundFolder()
    golden = try PictureGolden()
    fake = try FakeFFmpeg()
  }

  /// Pictures of 19 x 13, each unlike the others.
  private let names = ["rgb8.png", "palette8.png", "grey8.png", "key-rgb8.png"]

  private func clip(_ frames: [String]) throws -> MediaItem {
    let path = "\(folder.path)/clip"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (place, name) in frames.enumerated() {
      try folder.write("clip/\(place + 1).png", golden.bytes(name))
    }
    return MediaItem(id: "a", label: 0, path: path, place: "m.csv:2")
  }

  private func options(
    _ count: Int, _ place: FramePick.Place, _ change: (inout VideoOptions) -> Void = { _ in }
  ) -> VideoOptions {
    var options = VideoOptions()
    (options.pick.count, options.pick.place) = (count, place)
    options.picture.framing.size = PictureSize(height: 13, width: 19)
    options.picture.normalisation = .none
    options.picture.crop = .centre
    options.picture.flips = false
    change(&options)
    return options
  }

  private func prepared(
    _ decoded: DecodedSample, by preparer: VideoPreparer, seed: UInt64? = nil
  ) throws -> [Float] {
    var values = [Float](repeating: .nan, count: preparer.sampleShape.elementCount)
    var room = values.mutableSpan
    var random = seed.map { SeededGenerator(seed: $0, stream: "sample") }
    try preparer.prepare(decoded, random: &random, into: &room)
    return values
  }

  private func shown(_ name: String) throws -> [Float] {
    try golden.picture(name).pixels.map { Float($0) / 255 }
  }

  @Test func `a folder's frames stand one after the other`() throws {
    let item = try clip(names)
    let preparer = VideoPreparer(options(2, .first), cache: nil)
    #expect(preparer.sampleShape == [2, 13, 19, 3])
    let decoded = try preparer.decode(item)
    #expect(decoded.shape == [2, 13, 19, 3])
    #expect(try prepared(decoded, by: preparer) == shown(names[0]) + shown(names[2]))
    let middle = VideoPreparer(options(2, .middle), cache: nil)
    #expect(
      try prepared(middle.decode(item), by: middle, seed: 1) == shown(names[1]) + shown(names[3]))
  }

  @Test func `training draws a frame of each part, evaluation shows the middle`() throws {
    let item = try clip(names)
    let preparer = VideoPreparer(options(2, .random), cache: nil)
    let decoded = try preparer.decode(item)
    #expect(decoded.shape == [4, 13, 19, 3])
    #expect(try prepared(decoded, by: preparer) == shown(names[1]) + shown(names[3]))
    let possible = try [0, 1].flatMap { first in
      try [2, 3].map { try shown(names[first]) + shown(names[$0]) }
    }
    let seen = try Set((UInt64(0)..<40).map { try prepared(decoded, by: preparer, seed: $0) })
    #expect(seen == Set(possible))
  }

  @Test func `frames vary each on its own, or together`() throws {
    let item = try clip([names[0], names[0]])
    for together in [false, true] {
      let preparer = VideoPreparer(
        options(2, .first) {
          $0.picture.flips = true
          $0.varyTogether = together
        }, cache: nil)
      let decoded = try preparer.decode(item)
      let samples = try (UInt64(0)..<40).map { try prepared(decoded, by: preparer, seed: $0) }
      let count = 13 * 19 * 3
      #expect(Set(samples).count == (together ? 2 : 4))
      #expect(samples.allSatisfy { $0[..<count] == $0[count...] } == together)
    }
  }

  /// `printf` of six pictures of 2 x 2, the n-th all n.
  private let film =
    #"for i in 1 2 3 4 5 6; do printf 'P6\n2 2\n255\n'; for j in 1 2 3 4 5 6 7 8 9 10 11 12; do "#
    + #"printf "\\00$i"; done; done"#
  private let rate =
    #"echo '{"streams": [{"codec_type": "video", "r_frame_rate": "30000/1001"}]}'"#

  private func preparer(
    _ options: VideoOptions, script: String? = nil, mostBytes: Int = 1 << 20
  ) throws -> VideoPreparer {
    _ = try fake.programs(script ?? film, probe: rate)
    return VideoPreparer(
      options, cache: MediaCache(folder: "\(folder.path)/cache"),
      searchPath: "\(fake.folder.path):/usr/bin:/bin", mostBytes: mostBytes)
  }

  private func movie(_ beginning: String = "....ftypisom") throws -> MediaItem {
    let path = try folder.write("a.mp4", Array(beginning.utf8))
    return MediaItem(id: "a", label: 0, path: path, place: "m.csv:2")
  }

  private func small(_ options: inout VideoOptions) {
    options.picture.framing.size = PictureSize(height: 2, width: 2)
  }

  @Test func `a film is decoded once`() throws {
    let item = try movie()
    let preparer = try preparer(options(3, .first, small))
    let sample = try preparer.decode(item)
    let expected = [1, 3, 5].flatMap { [Float](repeating: $0 / 255, count: 12) }
    #expect(try prepared(sample, by: preparer) == expected)
    #expect(try fake.arguments(of: "ffmpeg").contains("select='not(mod(n\\,29))'"))
    // No program any more, and none needed.
    for name in ["ffmpeg", "ffprobe"] {
      try FileManager.default.removeItem(atPath: "\(fake.folder.path)/\(name)")
    }
    #expect(try prepared(preparer.decode(item), by: preparer) == expected)
    let other = VideoPreparer(
      options(2, .first, small), cache: MediaCache(folder: "\(folder.path)/cache"),
      searchPath: fake.folder.path)
    #expect(
      refusal { _ = try other.decode(item) }
        == "\(item.path): needs the program ffmpeg; install it with: sudo apt-get install ffmpeg, or "
        + "extract frames into folders")
  }

  @Test func `so many frames a second stand for a film`() throws {
    for (wanted, filter) in [
      (0.5, "select='not(mod(n\\,59))'"), (2, "select='not(mod(n\\,14))'"), (100, "null"),
      (nil, "null"),
    ] as [(Double?, String)] {
      let preparer = try preparer(
        options(3, .random) {
          small(&$0)
          $0.framesPerSecond = wanted
        })
      #expect(try preparer.decode(movie()).shape == [6, 2, 2, 3])
      #expect(try fake.arguments(of: "ffmpeg").contains(filter), "\(filter)")
    }
  }

  @Test func `what is no clip is refused`() throws {
    let text = try movie("id,label,path")
    let preparer = try preparer(options(2, .first, small))
    #expect(
      refusal { _ = try preparer.decode(text) }.hasPrefix(
        "\(text.path): is neither a folder of frames nor a film (MP4, "))
    let item = try movie()
    #expect(
      refusal { _ = try VideoPreparer(options(2, .first), cache: nil).decode(item) }
        == "\(item.path): is a film, which is decoded once and kept on the disk; set data.cache to a "
        + "folder for that, or extract frames into folders")
    #expect(
      refusal {
        _ = try preparer.decode(
          MediaItem(id: "a", label: 0, path: "/none.mp4", place: "m.csv:2"))
      }.contains("/none.mp4: no such file"))
    #expect(
      refusal {
        _ = try self.preparer(options(2, .first, small), mostBytes: 30).decode(item)
      }
        == "\(item.path): has more than 2 frames, which take 30 bytes; lower frames_per_second, set "
        + "random_crop.shrink_to, or cut it into clips")
  }

  @Test func `frames of several sizes fit only where each is framed`() throws {
    let item = try clip([names[0], "resize.png"])
    let sentence = refusal {
      let whole = options(2, .first) { $0.picture.crop = .random }
      _ = try VideoPreparer(whole, cache: nil).decode(item)
    }
    #expect(
      sentence
        == "\(item.path)/2.png: has a frame of 17 x 23 x 3 where the clip's first has 13 x 19 x 3 (height "
        + "x width x channels); give all frames of a clip one size, or set crop: centre")
    #expect(
      try VideoPreparer(options(2, .first), cache: nil).decode(item).shape == [2, 13, 19, 3])
  }

  @Test func `a manifest lists folders`() throws {
    _ = try clip(names)
    try folder.write("train.csv", Array("id,label,path\nx,b,clip\n".utf8))
    var options = options(1, .first)
    options.picture.train = ["train.csv"]
    let data = try ModalityData.open(
      .video(options), root: folder.path, classes: ["a", "b"], seed: 0)
    #expect(data.train.ids == ["x"] && data.train.sampleShape == [1, 13, 19, 3])
    var values = [Float](repeating: 0, count: 13 * 19 * 3)
    var room = values.mutableSpan
    try data.train.read(0, into: &room)
    #expect(try values == shown(names[0]))
  }

  @Test func `the sound of a film is decoded once as well`() throws {
    // 32 samples of 0.5.
    _ = try fake.programs(
      #"for i in 1 2 3 4; do printf '\000\000\000\077%.0s' 1 2 3 4 5 6 7 8; done"#)
    var options = AudioOptions()
    options.sampleRateHertz = 8000
    options.alignment = .random
    let item = try movie()
    let preparer = try SoundPreparer(
      options, cache: MediaCache(folder: "\(folder.path)/cache"),
      searchPath: "\(fake.folder.path):/usr/bin:/bin")
    _ = try preparer.decode(item)
    try FileManager.default.removeItem(atPath: "\(fake.folder.path)/ffmpeg")
    guard case .floats(let samples) = try preparer.decode(item).values else {
      Issue.record("no sound")
      return
    }
    #expect(samples == [Float](repeating: 0.5, count: 32))
  }
}
