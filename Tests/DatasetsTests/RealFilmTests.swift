import Foundation
import Testing

@testable import Datasets

/// The folder that they are in.
private let films = ProcessInfo.processInfo.environment["ANTIPHON_FILMS"]

/// Films by the real ffmpeg, made by `Tests/slow/run video`.
@Suite(.enabled(if: films != nil)) struct RealFilmTests {
  private func film(_ name: String) -> String { "\(films ?? "")/\(name)" }

  private func ffmpeg() throws -> FFmpeg { try FFmpeg(for: "film", otherwise: "walk") }

  private struct Frame: Equatable {
    let height: Int
    let width: Int
    let pixels: [UInt8]
  }

  private func frames(_ name: String, every step: Int = 1) throws -> [Frame] {
    var frames: [Frame] = []
    try ffmpeg().frames(of: film(name), every: step) {
      frames.append(Frame(height: $0, width: $1, pixels: $2))
    }
    return frames
  }

  @Test func `frames of one a second are those of the authors`() throws {
    for (name, rate, total, numbers) in [
      ("a.flv", 29, 66, [0, 29, 58]), ("a.mp4", 25, 100, [0, 25, 50, 75]),
    ] {
      #expect(try Int(ffmpeg().frameRate(of: film(name))) == rate, "\(name)")
      let all = try frames(name)
      // A header's count may be one too high.
      #expect((total - 1...total).contains(all.count), "\(name): \(all.count)")
      #expect(Set(all.map(\.pixels)).count > all.count / 2, "\(name)")
      let kept = try frames(name, every: rate)
      #expect(kept == numbers.map { all[$0] }, "\(name)")
      #expect(kept.allSatisfy { $0.height == 48 && $0.width == 64 })
    }
  }

  @Test func `a turned film comes upright, and odd names are names`() throws {
    let turned = try frames("turned.mp4", every: 25)
    #expect(turned.allSatisfy { $0.height == 64 && $0.width == 48 })
    #expect(try frames("-dash:x%d.mp4", every: 25) == frames("a.mp4", every: 25))
  }

  private func loudest(_ samples: ArraySlice<Float>) -> Float { samples.map(abs).max() ?? 0 }

  @Test func `two channels become their mean, not 3 dB more`() throws {
    let mean = try ffmpeg().sound(of: film("a.avi"), rateHertz: 16_000, .mean)
    #expect((47_900...48_100).contains(mean.count))
    #expect(abs(loudest(mean[1000..<40_000]) - 0.4) < 0.004)
    let first = try ffmpeg().sound(of: film("a.avi"), rateHertz: 16_000, .first)
    #expect(abs(loudest(first[1000..<40_000]) - 0.8) < 0.008)
    // One channel stays as it is: `sine` has an amplitude of 1/8.
    let mono = try ffmpeg().sound(of: film("a.flv"), rateHertz: 16_000, .mean)
    #expect(abs(loudest(mono[1000..<20_000]) - 0.125) < 0.01)
    #expect((34_000...37_000).contains(mono.count))
  }

  @Test func `sound that begins late has silence before it`() throws {
    let late = try ffmpeg().sound(of: film("late.mkv"), rateHertz: 16_000, .mean)
    #expect((31_500...32_500).contains(late.count))
    #expect(loudest(late[..<15_500]) < 1e-4)
    #expect(loudest(late[17_000...]) > 0.1)
  }

  @Test func `what is missing or broken is told in one sentence`() throws {
    #expect(
      refusal { _ = try ffmpeg().sound(of: film("silent.mp4"), rateHertz: 16_000, .mean) }
        == "\(film("silent.mp4")): has no sound; leave it out of the list")
    #expect(
      refusal { _ = try frames("blind.mp4") }
        == "\(film("blind.mp4")): has no pictures; leave it out of the list")
    #expect(
      refusal { _ = try ffmpeg().frameRate(of: film("blind.mp4")) }
        == "\(film("blind.mp4")): has no pictures; leave it out of the list")
    for name in ["broken.mp4", "empty.mp4", "none.mp4"] {
      let sentence = refusal { _ = try frames(name) }
      #expect(sentence.hasPrefix("\(film(name)): cannot be decoded: ffmpeg says '"), "\(sentence)")
      #expect(!sentence.contains("nothing"))
    }
  }

  @Test func `films become samples of the authors' frames`() throws {
    let folder = try SoundFolder()
    var options = VideoOptions()
    options.pick.place = .first
    options.picture.framing.size = PictureSize(height: 48, width: 64)
    options.picture.crop = .centre
    let cache = MediaCache(folder: "\(folder.path)/cache")
    let preparer = VideoPreparer(options, cache: cache)
    let item = MediaItem(id: "a", label: 0, path: film("a.flv"), place: "list.csv:2")
    let all = try frames("a.flv")
    for _ in 0..<2 {
      guard case .bytes(let pixels) = try preparer.decode(item).values else {
        Issue.record("no frames")
        return
      }
      #expect(pixels == [0, 29, 58].flatMap { all[$0].pixels })
    }
    #expect(try FileNames.of(cache.folder).count == 1)
    // Of a film that is cut off, what there is.
    let cut = MediaItem(id: "b", label: 0, path: film("cut.flv"), place: "list.csv:3")
    #expect(try preparer.decode(cut).shape == [3, 48, 64, 3])
  }

  @Test func `sound of films becomes samples, once`() throws {
    var options = AudioOptions()
    options.seconds = 2
    let folder = try SoundFolder()
    let cache = MediaCache(folder: "\(folder.path)/cache")
    func item(_ name: String) -> MediaItem {
      MediaItem(id: name, label: 0, path: film(name), place: "list.csv:2")
    }
    let preparer = try SoundPreparer(options, cache: cache)
    _ = try preparer.decode(item("a.flv"))
    #expect(try FileNames.of(cache.folder).count == 1)
    #expect(try preparer.decode(item("a.flv")).shape == preparer.sampleShape)
    #expect(
      refusal { _ = try preparer.decode(item("pointer.mp4")) }
        == "\(film("pointer.mp4")): is a git-lfs pointer, not the data; fetch the data with 'git lfs pull'"
    )
    #expect(refusal { _ = try preparer.decode(item("empty.mp4")) }.hasSuffix("is empty"))
    #expect(
      refusal { _ = try SoundPreparer(options).decode(item("a.mp4")) }
        == "\(film("a.mp4")): is a film, whose sound is decoded once and kept on the disk; set data.cache "
        + "to a folder for that, or extract the sound into WAV files")
  }
}
