import Datasets
import Testing

@testable import Configuration

/// The keys of `images`, and what they must be together.
@Suite struct PictureConfigurationTests {
  private static let place = "run.yaml:4: modalities.a.data"

  static let broken = [
    Broken(
      "no size", minimal(data: "{kind: images, train: a.csv}"),
      "\(place).size: found nothing, expected a list of height and width, each from 1 to 4096"),
    Broken(
      "areas the wrong way round",
      minimal(
        data: "{kind: images, train: a.csv, size: [8, 8], random_crop: {area: [1, 0.5]}}"),
      "\(place).random_crop.area: found [1, 0.5], expected a list of a number above 0 and one from "
        + "there to 1"),
    Broken(
      "an area beyond the whole",
      minimal(
        data: "{kind: images, train: a.csv, size: [8, 8], random_crop: {area: [0.5, 1.5]}}"),
      "\(place).random_crop.area[1]: found 1.5, expected a number above 0 and at most 1"),
    Broken(
      "a side for nothing",
      minimal(
        data: "{kind: images, train: a.csv, size: [8, 8], resize: exact, shorter_side: 9}"),
      "\(place).shorter_side: found 9, expected null, because resize is not shorter"),
    Broken(
      "a side that is too short",
      minimal(data: "{kind: images, train: a.csv, size: [8, 12], shorter_side: 11}"),
      "\(place).shorter_side: found 11, expected at least the longer side of 'size', 12"),
    Broken(
      "scaled pictures of no bounded size",
      minimal(data: "{kind: images, train: a.csv, size: [8, 8], scaled_decode: true}"),
      "\(place).scaled_decode: found true, expected false where pictures keep their size; set "
        + "random_crop.shrink_to"),
    Broken(
      "scaled pictures as they are",
      minimal(
        data: "{kind: images, train: a.csv, size: [8, 8], crop: centre, resize: none, "
          + "scaled_decode: true}"),
      "\(place).scaled_decode: found true, expected false where pictures keep their size; set "
        + "resize: shorter or exact"),
    Broken(
      "two channels", minimal(data: "{kind: images, train: a.csv, size: [8, 8], channels: 2}"),
      "\(place).channels: found 2, expected 3 or 1"),
  ]

  @Test(arguments: broken) func `what cannot be is refused`(broken: Broken) { broken.check() }

  @Test func `the defaults are those of a ResNet-18 that learns from scratch`() throws {
    let run = try parse(
      minimal(data: "{kind: images, train: a.csv, size: [224, 224], shorter_side: 256}"))
    guard case .images(let options) = run.modalities[0].source else {
      Issue.record("no images")
      return
    }
    var expected = PictureOptions()
    expected.train = ["a.csv"]
    expected.framing.shorterSide = 256
    #expect(options == expected)
    #expect(options.crop == .random && options.flips && options.normalisation == .imagenet)
    #expect(options.randomCrop.area == 0.08...1 && options.randomCrop.ratio == 0.75...1.3333)
    #expect(options.framing.resizing == .shorter && options.standardise == .none)
  }
}
