import Datasets
import Testing

@testable import Configuration

/// The keys of `audio` and `video`, and what they must be together.
@Suite struct MediaConfigurationTests {
  private static let place = "run.yaml:4: modalities.a.data"

  private static func audio(_ keys: String) -> String {
    minimal(data: "{kind: audio, train: a.csv, \(keys)}")
  }

  static let broken = [
    Broken(
      "a whole file of any number of frames", audio("seconds: null"),
      "\(place).seconds: found null, which needs the number of spectrogram.frames; give one of them"
    ),
    Broken(
      "two normalisations", audio("spectrogram: {normalise: cavmae}"),
      "\(place).spectrogram.normalise: found it beside standardise: global, which would undo it; set "
        + "standardise: none"),
    Broken(
      "an unknown set of numbers", audio("standardise: none, spectrogram: {normalise: cavmea}"),
      "\(place).spectrogram.normalise: found cavmea, expected cavmae, kinetics, or {mean: …, "
        + "deviation: …}, or null; did you mean 'cavmae'?"),
    Broken(
      "half of a set", audio("standardise: none, spectrogram: {normalise: {mean: 1}}"),
      "\(place).spectrogram.normalise.deviation: found nothing, expected a number above 0 and at most "
        + "1000000"),
    Broken(
      "centred filter banks", audio("spectrogram: {kind: fbank, centred: true}"),
      "\(place).spectrogram.centred: found true, but fbank has no such form; leave the key out"),
    Broken(
      "a clip that is shorter than 25 ms", audio("seconds: 0.02, spectrogram: {kind: fbank}"),
      "\(place).seconds: found 320 samples in 0.02 s, expected at least a window of 400; lengthen "
        + "'seconds'"),
    Broken(
      "filter banks above their end",
      audio("sample_rate: 8000, spectrogram: {kind: fbank, low: 4000}"),
      "\(place).spectrogram.low: found 4000, expected less than the highest frequency, 4000"),
    Broken(
      "films of no size", minimal(data: "{kind: video, train: a.csv}"),
      "\(place).size: found nothing, expected a list of height and width, each from 1 to 4096"),
    Broken(
      "no frame", minimal(data: "{kind: video, train: a.csv, size: [8, 8], frames: 0}"),
      "\(place).frames: found 0, expected a whole number from 1 to 1024"),
    Broken(
      "a side for nothing",
      minimal(
        data: "{kind: video, train: a.csv, size: [8, 8], resize: exact, shorter_side: 9}"),
      "\(place).shorter_side: found 9, expected null, because resize is not shorter"),
  ]

  @Test(arguments: broken) func `what cannot be is refused`(broken: Broken) { broken.check() }

  @Test func `the authors' spectrograms are a few keys`() throws {
    let run = try parse(
      Self.audio(
        "seconds: null, channels: first, standardise: none, spectrogram: {kind: fbank, frames: 1024, "
          + "normalise: {mean: -5.081, deviation: 4.4849}}"))
    guard case .audio(let options) = run.modalities[0].source else {
      Issue.record("no sound")
      return
    }
    #expect(options.seconds == nil && options.channels == .first)
    #expect(options.spectrogram.normalisation == .cavmae)
    #expect(try options.sampleCount() == 164_080)
  }

  @Test func `films are three frames of one a second, unless told otherwise`() throws {
    let run = try parse(minimal(data: "{kind: video, train: a.csv, size: [8, 9]}"))
    var expected = VideoOptions()
    expected.picture.train = ["a.csv"]
    expected.picture.framing.size = PictureSize(height: 8, width: 9)
    #expect(run.modalities[0].source == .video(expected))
    #expect(expected.pick.count == 3 && expected.framesPerSecond == 1)
  }
}
