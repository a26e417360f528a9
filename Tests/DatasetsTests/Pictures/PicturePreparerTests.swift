import Storage
import Tensors
import Testing

@testable import Datasets

/// From a file to the floats that an encoder sees.
@Suite struct PicturePreparerTests {
  private let golden: PictureGolden

  init() throws { golden = try PictureGolden() }

  private func preparer(
    _ height: Int, _ width: Int, _ change: (inout PictureOptions) -> Void = { _ in }
  ) -> PicturePreparer {
    var options = PictureOptions()
    options.framing.size = PictureSize(height: height, width: width)
    options.normalisation = .none
    change(&options)
    return PicturePreparer(options)
  }

  private func decoded(_ name: String, by preparer: PicturePreparer) throws -> DecodedSample {
    try preparer.decode(
      MediaItem(id: "a", label: 0, path: golden.path(name), place: "m.csv:2"))
  }

  private func prepared(
    _ decoded: DecodedSample, by preparer: PicturePreparer, seed: UInt64? = nil
  ) throws -> [Float] {
    var values = [Float](repeating: .nan, count: preparer.sampleShape.elementCount)
    var room = values.mutableSpan
    var random = seed.map { SeededGenerator(seed: $0, stream: "sample") }
    try preparer.prepare(decoded, random: &random, into: &room)
    return values
  }

  private func bytes(_ decoded: DecodedSample) throws -> [UInt8] {
    guard case .bytes(let bytes) = decoded.values else {
      throw FileError("a", "is not in bytes")
    }
    return bytes
  }

  @Test func `where nothing is cut at random the decoded picture has its final size`() throws {
    let preparer = preparer(6, 8) { $0.crop = .centre }
    let decoded = try decoded("resize.png", by: preparer)
    #expect(decoded.shape == [6, 8, 3] && preparer.sampleShape == [6, 8, 3])
    let expected = PixelResizer(.bilinear).resize(
      try golden.picture("resize.png"), to: PictureSize(height: 6, width: 8))
    #expect(try bytes(decoded) == expected.pixels)
    #expect(
      try prepared(decoded, by: preparer) == expected.pixels.map { Float($0) / 255 })
  }

  @Test func `where a part is drawn the decoded picture is whole, or shrunk`() throws {
    let whole = try decoded("resize.png", by: preparer(6, 8))
    #expect(whole.shape == [17, 23, 3])
    #expect(try bytes(whole) == golden.picture("resize.png").pixels)
    let shrunk = try decoded("resize.png", by: preparer(6, 8) { $0.randomCrop.shrinkTo = 10 })
    #expect(shrunk.shape == [10, 13, 3])
    let small = try decoded("resize.png", by: preparer(6, 8) { $0.randomCrop.shrinkTo = 17 })
    #expect(small.shape == [17, 23, 3])
  }

  @Test func `evaluation sees the same whatever training does`() throws {
    let (random, centre) = (preparer(6, 6), preparer(6, 6) { $0.crop = .centre })
    #expect(
      try prepared(decoded("resize.png", by: random), by: random)
        == prepared(decoded("resize.png", by: centre), by: centre))
  }

  @Test func `training cuts, flips and changes colours by its own numbers alone`() throws {
    let preparer = preparer(6, 6) {
      $0.jitter.brightness = 0.5
      $0.jitter.contrast = 0.5
    }
    let decoded = try decoded("resize.png", by: preparer)
    let first = try prepared(decoded, by: preparer, seed: 1)
    let second = try prepared(decoded, by: preparer, seed: 2)
    #expect(first != second)
    #expect(first == (try prepared(decoded, by: preparer, seed: 1)))
    // By hand, in the order of the documentation.
    var random = SeededGenerator(seed: 1, stream: "sample")
    let whole = try golden.picture("resize.png")
    let part = RandomCrop().region(of: whole.size, random: &random)
    var picture = PixelResizer(.bilinear).resize(
      whole, part: part, to: PictureSize(height: 6, width: 6))
    if random.integer(below: 2) == 1 { picture = picture.mirrored() }
    var jitter = ColourJitter()
    (jitter.brightness, jitter.contrast) = (0.5, 0.5)
    jitter.change(&picture, random: &random)
    #expect(first == picture.pixels.map { Float($0) / 255 })
  }

  @Test func `a flip comes one time in two`() throws {
    let preparer = preparer(13, 19) { $0.crop = .centre }
    let decoded = try decoded("rgb8.png", by: preparer)
    let plain = try prepared(decoded, by: preparer)
    let mirrored = try golden.picture("rgb8.png").mirrored().pixels.map { Float($0) / 255 }
    var counts = [0, 0]
    for seed in 0..<200 as Range<UInt64> {
      let seen = try prepared(decoded, by: preparer, seed: seed)
      #expect(seen == plain || seen == mirrored)
      counts[seen == plain ? 0 : 1] += 1
    }
    #expect(counts.allSatisfy { (65...135).contains($0) }, "\(counts)")
  }

  @Test func `levels are shifted and scaled by the set that is named`() {
    let tables = PictureNormalisation.imagenet.tables(channels: 3)
    #expect(tables.map { $0[0] } == [-2.1179039, -2.0357141, -1.8044444])
    #expect(tables.map { $0[255] } == [2.2489083, 2.4285715, 2.64])
    // NumPy's float32: (x / 255 - mean) / deviation, each rounded.
    #expect(tables.map { $0[1] } == [-2.1007793, -2.0182073, -1.7870152])
    #expect(tables.map { $0[200] } == [1.3070468, 1.4656863, 1.6813945])
    #expect(PictureNormalisation.half.tables(channels: 3)[1][255] == 1)
    #expect(PictureNormalisation.none.tables(channels: 1) == [(0..<256).map { Float($0) / 255 }])
    let grey = PictureNormalisation.imagenet.tables(channels: 1)[0]
    #expect(abs(grey[255] - (1 - 0.449) / 0.226) < 1e-5)
    let m3ae = PictureNormalisation.m3ae.tables(channels: 3)
    #expect(abs(m3ae[2][51] - (0.2 - 0.5213) / 0.3307) < 1e-6)
  }

  @Test func `grey has one channel`() throws {
    let preparer = preparer(13, 19) {
      $0.channels = 1
      $0.crop = .centre
    }
    let decoded = try decoded("rgb8.png", by: preparer)
    #expect(decoded.shape == [13, 19, 1])
    #expect(try bytes(decoded) == golden.picture("rgb8.png").grey().pixels)
    #expect(try prepared(decoded, by: preparer, seed: 4).count == 13 * 19)
  }

  @Test func `a broken or small file is named`() throws {
    let animation = #expect(throws: FileError.self) {
      try decoded("animated.webp", by: preparer(6, 6))
    }
    #expect(animation?.place == golden.path("animated.webp"))
    let small = #expect(throws: FileError.self) {
      try decoded("resize.png", by: preparer(18, 6) { $0.framing.resizing = .none })
    }
    #expect(small?.problem.hasPrefix("is 23 x 17 pixels, smaller than") == true)
  }

  @Test func `manifests become both splits`() throws {
    let folder = try TemporaryFolder()
    for name in ["rgb8.png", "ycbcr444.jpg"] { try folder.write(golden.bytes(name), name) }
    try folder.write("id,label,path\nx,b,rgb8.png\ny,a,ycbcr444.jpg\n", "train.csv")
    try folder.write("id,label,path\nz,b,ycbcr444.jpg\n", "test.csv")
    var options = PictureOptions()
    (options.train, options.test) = (["train.csv"], ["test.csv"])
    options.framing.size = PictureSize(height: 13, width: 19)
    options.normalisation = .none
    let data = try ModalityData.open(
      .images(options), root: folder.path, classes: ["a", "b"], seed: 0)
    #expect(data.train.ids == ["x", "y"] && data.train.labels == [1, 0])
    #expect(data.test.ids == ["z"] && data.test.sampleShape == [13, 19, 3])
    var values = [Float](repeating: 0, count: 13 * 19 * 3)
    var room = values.mutableSpan
    try data.test.read(0, into: &room)
    #expect(values == (try golden.picture("ycbcr444.jpg").pixels.map { Float($0) / 255 }))
  }
}
