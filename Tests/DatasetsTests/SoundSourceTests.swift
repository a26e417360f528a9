import Testing

@testable import Datasets

@Suite struct SoundSourceTests {
  let folder: SoundFolder

  init() throws { folder = try SoundFolder() }

  /// Options under which a sample is nearly its clip: 8 windows of 8 samples.
  private func options(
    _ alignment: AudioOptions.Alignment = .start, resamples: Bool = false
  ) -> AudioOptions {
    var options = AudioOptions()
    options.train = ["train.csv"]
    options.sampleRateHertz = 8000
    options.seconds = 0.008
    options.alignment = alignment
    options.resamples = resamples
    options.spectrogram.kind = .logMagnitude
    options.spectrogram.window = 8
    options.spectrogram.hop = 8
    options.spectrogram.isCentred = false
    return options
  }

  private func open(_ options: AudioOptions) throws -> ModalityData {
    try AudioSource.open(options, root: folder.path, classes: ["no", "yes"])
  }

  private func sample(_ source: any SampleSource, _ index: Int) throws -> [Float] {
    var values = [Float](repeating: .nan, count: source.sampleShape.elementCount)
    var room = values.mutableSpan
    try source.read(index, into: &room)
    return values
  }

  /// The spectrogram of exactly these 64 samples.
  private func expected(_ clip: [Int16]) throws -> [Float] {
    let spectrogram = try Spectrogram(
      options().spectrogram, sampleRateHertz: 8000, sampleCount: clip.count)
    var output = [Float](repeating: .nan, count: spectrogram.shape.elementCount)
    let samples = clip.map { Float($0) / 32_768 }
    var room = output.mutableSpan
    spectrogram.transform(samples.span, into: &room)
    return output
  }

  private func write(_ name: String, _ samples: [Int16], rate: UInt32 = 8000) throws {
    try folder.write(name, WaveBytes(samples, rate: rate).bytes)
  }

  private func manifest(_ text: String, name: String = "train.csv") throws {
    try folder.write(name, Array("id,label,path\n\(text)".utf8))
  }

  /// Samples that tell where they come from.
  private let ramp = (0..<101).map { Int16($0 * $0) }

  @Test func `ids, labels and shape are known before anything is read`() throws {
    try write("a.wav", ramp)
    try write("b.wav", ramp)
    try manifest("one,yes,a.wav\ntwo,0,b.wav\n")
    try manifest("three,1,a.wav\n", name: "test.csv")
    var both = options()
    both.test = ["test.csv"]
    let data = try open(both)
    #expect(data.train.ids == ["one", "two"])
    #expect(data.train.labels == [1, 0])
    #expect(data.train.sampleShape == [5, 8, 1])
    #expect(data.test.ids == ["three"])
    #expect(data.test.sampleShape == [5, 8, 1])
    #expect(try sample(data.test, 0) == sample(data.train, 0))
  }

  @Test func `long clips are cut at the end, or at both ends`() throws {
    try write("a.wav", ramp)
    try manifest("one,yes,a.wav\n")
    #expect(try sample(open(options()).train, 0) == expected(Array(ramp[..<64])))
    // 101 - 64 = 37 samples too many: 18 before, 19 behind.
    #expect(try sample(open(options(.centre)).train, 0) == expected(Array(ramp[18..<82])))
  }

  @Test func `short clips are padded with zeros, whatever was read before`() throws {
    try write("long.wav", ramp)
    try write("short.wav", Array(ramp[50..<81]))
    try manifest("one,yes,long.wav\ntwo,yes,short.wav\n")
    let zeros = [Int16](repeating: 0, count: 33)
    for (alignment, lead) in [(AudioOptions.Alignment.start, 0), (.centre, 16)] {
      let train = try open(options(alignment)).train
      _ = try sample(train, 0)
      let padded = zeros[..<lead] + ramp[50..<81] + zeros[lead...]
      #expect(try sample(train, 1) == expected(Array(padded)))
    }
  }

  @Test func `another sampling rate is refused, or converted where that is asked for`() throws {
    try write("a.wav", ramp, rate: 16_000)
    try manifest("one,yes,a.wav\n")
    #expect(
      refusal { _ = try open(options()) }
        == "\(folder.path)/a.wav: has a sampling rate of 16000 Hz, expected 8000 Hz; "
        + "set resample: true to convert it (listed at \(folder.path)/train.csv:2)")
    let found = try sample(open(options(resamples: true)).train, 0)
    let resampler = try Resampler(from: 16_000, to: 8000, place: "a.wav")
    var half: [Float] = []
    try resampler.convert(ramp.map { Float($0) / 32_768 }, into: &half, place: "a.wav")
    #expect(half.count == 51)
    half += [Float](repeating: 0, count: 13)
    let spectrogram = try Spectrogram(
      options().spectrogram, sampleRateHertz: 8000, sampleCount: 64)
    var output = [Float](repeating: .nan, count: 40)
    var room = output.mutableSpan
    spectrogram.transform(half.span, into: &room)
    #expect(found == output)
  }

  @Test func `every file is looked at before training, and named with its line`() throws {
    try write("a.wav", ramp)
    try folder.write("broken.wav", Array("RIFF".utf8))
    try manifest("one,yes,a.wav\ntwo,yes,none.wav\n")
    #expect(
      refusal { _ = try open(options()) }
        == "\(folder.path)/none.wav: no such file (listed at \(folder.path)/train.csv:3); --set "
        + "data.root=DIR says where relative paths start, and data.on_missing: absent trains such "
        + "samples without this modality")
    try manifest("one,yes,a.wav\n")
    try manifest("three,yes,broken.wav\n", name: "test.csv")
    var both = options()
    both.test = ["test.csv"]
    let sentence = refusal { _ = try open(both) }
    #expect(sentence.hasPrefix("\(folder.path)/broken.wav: is no sound file that can be read: "))
    #expect(sentence.hasSuffix("(listed at \(folder.path)/test.csv:2)"))
  }

  @Test func `without a test manifest the test split is empty`() throws {
    try write("a.wav", ramp)
    try manifest("one,yes,a.wav\n")
    #expect(try open(options()).test.ids == [])
  }
}
