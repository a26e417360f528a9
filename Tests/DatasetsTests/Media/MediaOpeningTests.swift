import Storage
import Testing

@testable import Datasets

@Suite struct MediaOpeningTests {
  let files: NumberFiles

  init() throws { files = try NumberFiles() }

  private func problem(_ body: () throws -> ModalityData) throws -> String {
    "\(try #require(throws: FileError.self) { _ = try body() })"
  }

  @Test(arguments: [0, 1, 3]) func `each file is decoded once before training`(
    loaders: Int
  ) throws {
    try files.write(20)
    let data = try files.open { $0.loaders = loaders }
    #expect(data.train.ids == (0..<20).map { "s\($0)" })
    #expect(data.train.labels == (0..<20).map { $0 % 2 })
    #expect(data.train.sampleShape == [2])
    #expect(data.test.ids == [])
    #expect(files.log.counts.withLock { $0.values.sorted() } == Array(repeating: 1, count: 20))
    #expect(data.train.heldByteCount == 20 * 4)
  }

  @Test func `a file that several samples show is decoded and kept once`() throws {
    try files.put("7", "7")
    try files.put("train.csv", "id,label,path\na,0,7\nb,1,7\nc,0,7")
    let data = try files.open()
    #expect(files.log.total == 1)
    #expect(data.train.heldByteCount == 4)
    var sample: [Float] = [0, 0]
    for place in 0..<3 {
      var room = sample.mutableSpan
      try data.train.read(place, into: &room)
      #expect(sample == [7, -1])
    }
    #expect(files.log.total == 1)
  }

  @Test func `what does not fit into memory is decoded again`() throws {
    try files.write(4)
    let data = try files.open { $0.memoryMebibytes = 0 }
    #expect(data.train.heldByteCount == 0)
    var sample: [Float] = [0, 0]
    var room = sample.mutableSpan
    try data.train.read(2, into: &room)
    #expect(files.log.counts.withLock { $0["\(files.folder.path)/2"] } == 2)
  }

  @Test func `broken files are all named, or left out where that is asked for`() throws {
    try files.write(6)
    try files.put("1", "one")
    try files.put("4", "")
    let root = files.folder.path
    #expect(
      try problem { try files.open() }
        == "\(root)/1: holds no number (listed at \(root)/train.csv:3); \(root)/4: is empty; 2 of 6"
        + " listed files are so; data.on_broken: skip leaves such files out")
    let data = try files.open { $0.onBroken = .skip }
    #expect(data.train.ids == ["s0", "s2", "s3", "s5"])
    #expect(
      data.leftOut == [
        LeftOutFile(id: "s1", path: "\(root)/1", problem: "holds no number"),
        LeftOutFile(id: "s4", path: "\(root)/4", problem: "is empty"),
      ])
    #expect(data.warnings.count == 1 && data.warnings[0].hasPrefix("2 of 6 listed files cannot"))
    var sample: [Float] = [0, 0]
    var room = sample.mutableSpan
    try data.train.read(1, into: &room)
    #expect(sample == [2, -1])
  }

  @Test func `missing files are refused, or absent where that is asked for`() throws {
    try files.write(3)
    try files.put("train.csv", "id,label,path\na,0,0\nb,1,nowhere\nc,0,2")
    let root = files.folder.path
    #expect(
      try problem { try files.open() }
        == "\(root)/nowhere: no such file (listed at \(root)/train.csv:3); --set data.root=DIR says"
        + " where relative paths start, and data.on_missing: absent trains such samples without this"
        + " modality")
    // What is broken is not missing.
    #expect(throws: FileError.self) { try files.open { $0.onBroken = .skip } }
    let data = try files.open { $0.onMissing = .absent }
    #expect(data.train.ids == ["a", "c"])
    #expect(data.leftOut.map(\.id) == ["b"])
  }

  @Test func `a split of which nothing is left is refused`() throws {
    try files.put("x", "x")
    try files.put("train.csv", "id,label,path\na,0,x")
    #expect(
      try problem { try files.open { $0.onBroken = .skip } }.contains(
        "leaves no training sample, since none of the listed files can be used"))
  }

  @Test func `a folder for each class is a list of files`() throws {
    for (path, text) in [
      ("data/odd/b.txt", "3"), ("data/odd/a.x.txt", "1"), ("data/even/c.txt", "2"),
      ("data/odd/.hidden", "no number"), ("data/readme.md", "words"),
    ] { try files.put(path, text) }
    let data = try files.open(train: ["data"])
    #expect(data.train.ids == ["train/even/c", "train/odd/a.x", "train/odd/b"])
    #expect(data.train.labels == [0, 1, 1])
    #expect(
      try problem { try files.open(train: ["data"], classes: ["even", "uneven"]) }.contains(
        "data/odd: is a folder, but no class has its name; the classes are 'even'"))
    // Files of the same names in another folder are other samples.
    try files.put("more/odd/b.txt", "4")
    #expect(try files.open(train: ["data"], test: ["more"]).test.ids == ["test/odd/b"])
    #expect(
      try problem { try files.open(train: ["data"], test: ["data"]) }
        == "data: is listed for training and for test; give each its own, or leave one of them out")
    try files.put("data/odd/b.png", "5")
    #expect(
      try problem { try files.open(train: ["data"]) }.contains("the id 'train/odd/b' is that of"))
  }
}
