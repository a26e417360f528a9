import Storage
import Tensors
import TestSupport
import Testing

@testable import Datasets

extension SampleSource {
  /// One sample as an array.
  func sample(_ index: Int) throws -> [Float] {
    var values = [Float](repeating: .nan, count: sampleShape.elementCount)
    var room = values.mutableSpan
    try read(index, into: &room)
    return values
  }
}

@Suite struct SourceTests {
  let classes = ["cat", "dog", "owl"]

  @Test func `arrays with labels and ids are samples`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Handmade.npy("(3, 2)", [1, 2, 3, 4, 5, 6] as [Float]), "x.npy")
    try folder.write(Handmade.npy("(3,)", [2, 0, 1] as [Int32]), "y.npy")
    try folder.write("a\r\nb\r\nc", "ids.txt")
    let source = try ArraySource(
      ArraySplit(values: "x.npy", labels: "y.npy", ids: "ids.txt"), root: folder.path,
      classes: classes)
    #expect(source.ids == ["a", "b", "c"])
    #expect(source.labels == [2, 0, 1])
    #expect(source.sampleShape == [2])
    #expect(try source.sample(0) == [1, 2])
    #expect(try source.sample(2) == [5, 6])
    let numbered = try ArraySource(
      ArraySplit(values: "x.npy", labels: "y.npy"), root: folder.path, classes: classes)
    #expect(numbered.ids == ["0", "1", "2"])
  }

  @Test func `row numbers are no written ids, however the source is wrapped`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Handmade.npy("(2, 1)", [1, 2] as [Float]), "x.npy")
    try folder.write(Handmade.npy("(2,)", [0, 1] as [Int32]), "y.npy")
    try folder.write("a\nb\n", "ids.txt")
    try folder.write("id,label,index\na,0,1\n", "m.csv")
    try folder.write(Handmade.idx(2051, [2, 1, 1], [1, 2]), "images")
    try folder.write(Handmade.idx(2049, [2], [0, 1]), "labels")
    func areWritten(_ options: SourceOptions) throws -> [Bool] {
      let data = try ModalityData.open(options, root: folder.path, classes: classes, seed: 0)
      let wrapped = try [data, data.standardised(.global, fittedOn: [0]).data]
      return wrapped.flatMap { [$0.train.hasWrittenIDs, $0.test.hasWrittenIDs] }
    }
    func arrays(_ train: ArraySplit, _ test: ArraySplit) -> SourceOptions {
      .arrays(ArrayOptions(train: train, test: test))
    }
    let rows = ArraySplit(values: "x.npy", labels: "y.npy")
    let named = ArraySplit(values: "x.npy", labels: "y.npy", ids: "ids.txt")
    let listed = ArraySplit(values: "x.npy", manifest: "m.csv")
    #expect(try areWritten(arrays(rows, named)) == [false, true, false, true])
    #expect(try areWritten(arrays(listed, rows)) == [true, false, true, false])
    let images = ImageOptions(
      train: .init(images: "images", labels: "labels"),
      test: .init(images: "images", manifests: ["m.csv"]))
    #expect(try areWritten(.idx(images)) == [false, true, false, true])
  }

  @Test func `a manifest picks rows of an array, in its order`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      Handmade.npy("(3, 2, 1)", [1, 2, 3, 4, .nan, 6] as [Float]), "x.npy")
    try folder.write("id,label,index\na,owl,1\nb,0,0\nc,1,1\n", "m.csv")
    let source = try ArraySource(
      ArraySplit(values: "x.npy", manifest: "m.csv"), root: folder.path, classes: classes)
    #expect(source.ids == ["a", "b", "c"])
    #expect(source.labels == [2, 0, 1])
    #expect(source.sampleShape == [2, 1])
    #expect(try (0..<3).map(source.sample) == [[3, 4], [1, 2], [3, 4]])
  }

  @Test func `values and labels may be arrays of one archive, of any type`() throws {
    let folder = try TemporaryFolder()
    let values = NPYWriter.bytes([0.1, 0.2, 0.3] as [Double], shape: [3])
    let labels = Handmade.npy(literal: Handmade.header("(3,)", "|u1"), [0, 1, 2])
    try folder.write(
      Handmade.zip([Handmade.Entry("x.npy", values), Handmade.Entry("y.npy", labels)]), "d.npz")
    let data = try ModalityData.open(
      .arrays(ArrayOptions(train: ArraySplit(values: "d.npz:x", labels: "d.npz:y"), test: nil)),
      root: folder.path, classes: classes, seed: 0)
    #expect(data.train.sampleShape == [1])
    #expect(data.train.labels == [0, 1, 2])
    #expect(try (0..<3).map(data.train.sample) == [[0.1], [0.2], [0.3]])
    #expect(data.test.ids == [])
    #expect(data.test.sampleShape == [1])
  }

  @Test(arguments: [false, true])
  func `images are read raw and compressed, scaled to one`(isCompressed: Bool) throws {
    let folder = try TemporaryFolder()
    let images = Handmade.idx(2051, [2, 1, 3], [0, 51, 255, 102, 153, 204])
    let labels = Handmade.idx(2049, [2], [2, 1])
    try folder.write(isCompressed ? Handmade.gzip(images) : images, "images")
    try folder.write(isCompressed ? Handmade.gzip(labels) : labels, "labels")
    try folder.write("id,label,index\nz,owl,1\n", "m.csv")
    let options = ImageOptions(
      train: .init(images: "images", labels: "labels"),
      test: .init(images: "images", manifests: ["m.csv"]))
    let data = try ModalityData.open(.idx(options), root: folder.path, classes: classes, seed: 0)
    #expect(data.train.sampleShape == [1, 3, 1])
    #expect(data.train.ids == ["0", "1"])
    #expect(data.train.labels == [2, 1])
    #expect(try data.train.sample(0) == [0, 0.2, 1])
    #expect(data.test.ids == ["z"])
    #expect(data.test.labels == [2])
    #expect(try data.test.sample(0) == [0.4, 0.6, 0.8])
  }

  @Test func `images come in the size that was asked for`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Handmade.idx(2051, [2, 1, 2], [255, 255, 0, 204]), "images")
    try folder.write(Handmade.idx(2049, [2], [2, 1]), "labels")
    var options = ImageOptions(train: .init(images: "images", labels: "labels"), test: nil)
    options.resize = PictureSize(height: 2, width: 4)
    let data = try ModalityData.open(.idx(options), root: folder.path, classes: classes, seed: 0)
    #expect(data.train.sampleShape == [2, 4, 1] && data.test.sampleShape == [2, 4, 1])
    #expect(try data.train.sample(0) == [1, 1, 1, 1, 1, 1, 1, 1])
    expectClose(
      try data.train.sample(1), [0, 0.2, 0.6, 0.8, 0, 0.2, 0.6, 0.8], relative: 1e-6, "sample 1")
    options.resize = PictureSize(height: 1, width: 2)
    let plain = try ModalityData.open(.idx(options), root: folder.path, classes: classes, seed: 0)
    #expect(try plain.train.sample(1) == [0, 0.8])
  }

  @Test func `an entry compressed as far as deflate goes is still read`() throws {
    let zeros = [UInt8](repeating: 0, count: 1 + 258 * 1000)
    let entry = Handmade.Entry("z", zeros, deflated: Handmade.deflateZeros(runs: 1000))
    let archive = try ZipArchive(Handmade.zip([entry]), place: "")
    let content = try archive.content(of: archive.entries[0], place: "")
    #expect(content.bytes == zeros)
  }

  @Test(.enabled(if: SharedData.isThere("data/mfeat")))
  func `the views of the handwritten digits are read`() throws {
    let root = "\(SharedData.folder)/data/mfeat"
    func split(_ part: String) -> ArraySplit {
      ArraySplit(values: "\(part)/pix.npy", labels: "\(part)/labels.npy", ids: "\(part)/ids.txt")
    }
    let data = try ModalityData.open(
      .arrays(ArrayOptions(train: split("train"), test: split("test"))), root: root,
      classes: (0..<10).map(String.init), seed: 0)
    #expect(data.train.ids.count == 1600)
    #expect(data.test.ids.count == 400)
    #expect(data.train.sampleShape == [240])
  }

  @Test(.enabled(if: SharedData.isThere("data/av-digits")))
  func `the images of the digits are the same raw and compressed`() throws {
    let folder = "\(SharedData.folder)/data/av-digits/image"
    for part in ["train", "t10k"] {
      let name = "\(folder)/\(part)-images-idx3-ubyte"
      let (raw, packed) = (
        try IDXFile(path: name, .images), try IDXFile(path: name + ".gz", .images)
      )
      #expect(raw.dimensions == packed.dimensions)
      #expect((0..<7840).allSatisfy { raw[$0 * 200] == packed[$0 * 200] })
    }
  }
}
