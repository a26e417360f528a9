import Foundation
import Tensors
import TestSupport
import Testing

@testable import Datasets

/// What takes long when there is much of it can be watched, and ended, in the middle.
@Suite struct DataLongWorkTests {
  private struct Numbers: SampleSource {
    let ids = (0..<50).map(String.init)
    let labels = Array(repeating: 0, count: 50)
    let sampleShape: Shape = [3]
    func read(_ index: Int, into destination: inout MutableSpan<Float>) {
      for place in 0..<3 { destination[place] = Float(index + place) }
    }
  }

  /// Expects `work` to look up `count` times or more, and to end at once if it shall.
  private func expectSteps(
    _ count: Int, sourceLocation: SourceLocation = #_sourceLocation, _ work: () throws -> Void
  ) throws {
    #expect(try LongWorkProbe.looks(work) >= count, sourceLocation: sourceLocation)
    #expect(throws: LongWorkProbe.Enough.self, sourceLocation: sourceLocation) {
      try LongWorkProbe.end(atLook: count / 2, work)
    }
  }

  @Test func `samples are standardised one by one`() throws {
    try expectSteps(50) { _ = try Standardiser(.feature, fittedTo: Numbers(), on: Array(0..<50)) }
  }

  @Test func `manifests and lists of ids are read line by line`() throws {
    let folder = try SoundFolder()
    let lines = (0..<50).map { "s\($0),0,\($0)\n" }.joined()
    let manifest = try folder.write("m.csv", Array("id,label,index\n\(lines)".utf8))
    try expectSteps(100) {
      _ = try Manifest.load(path: manifest, classes: ["a"], column: .index)
    }
    let ids = Array((0..<50).map { "s\($0)\n" }.joined().utf8)
    try expectSteps(50) { _ = try IDList.parse(ids, place: "ids.txt") }
  }

  @Test func `sound files are opened one by one, decoded and resampled piece by piece`() throws {
    let folder = try SoundFolder()
    let path = try folder.write("a.wav", WaveBytes(Array(repeating: 1, count: 41_000)).bytes)
    try expectSteps(10) { _ = try decoded(path) }
    for number in 0..<20 {
      try folder.write("\(number).wav", WaveBytes(Array(repeating: 1, count: 16_000)).bytes)
    }
    let rows = (0..<20).map { "s\($0),0,\($0).wav\n" }.joined()
    try folder.write("m.csv", Array("id,label,path\n\(rows)".utf8))
    var options = AudioOptions()
    options.train = ["m.csv"]
    try expectSteps(60) {
      var policy = MediaPolicy()
      policy.loaders = 0
      _ = try AudioSource.open(options, root: folder.path, classes: ["a"], media: policy)
    }
    let resampler = try Resampler(from: 16_001, to: 16_000, place: "a.wav")
    let long = [Float](repeating: 0.5, count: 50_000)
    var found: [Float] = []
    try expectSteps(10) { try resampler.convert(long, into: &found, place: "a.wav") }
  }

  @Test func `arrays are checked row by row, and large files are read piece by piece`() throws {
    let folder = try SoundFolder()
    let values = (0..<100).map { Float($0) }
    try NPYWriter.write(NPYWriter.bytes(values, shape: [50, 2]), to: "\(folder.path)/v.npy")
    try NPYWriter.write(
      NPYWriter.bytes(Array(repeating: Float(0), count: 50), shape: [50]),
      to: "\(folder.path)/l.npy")
    try expectSteps(50) {
      _ = try ArraySource(
        ArraySplit(values: "v.npy", labels: "l.npy"), root: folder.path, classes: ["a"])
    }
    let large = try folder.write("large", Array(repeating: 1, count: 17 << 20))
    #expect(try LongWorkProbe.looks { _ = try InputFile.read(large) } >= 5)
  }

  @Test func `texts are counted and numbered one by one`() throws {
    let folder = try SoundFolder()
    let rows = (0..<50).map { "s\($0),0,word\($0)\n" }.joined()
    try folder.write("m.csv", Array("id,label,text\n\(rows)".utf8))
    var options = TextOptions()
    options.train = ["m.csv"]
    let looks = try LongWorkProbe.looks {
      _ = try TextSource.open(options, root: folder.path, classes: ["a"])
    }
    #expect(looks >= 200)
  }
}
