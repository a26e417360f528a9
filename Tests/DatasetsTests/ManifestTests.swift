import Storage
import Testing

@testable import Datasets

@Suite struct ManifestTests {
  static let classes = ["cat", "dog", "owl"]

  func rows(_ text: String, _ column: Manifest.Column = .path) throws -> [ManifestRow] {
    try Manifest.parse(Array(text.utf8), place: "m.csv", classes: Self.classes, column: column)
  }

  @Test func `columns are found by name and others are ignored`() throws {
    let rows = try rows("speaker,path,label,id\nann,a b.wav,2,s1\nbob,c.wav,dog,s2\n")
    #expect(rows.map(\.id) == ["s1", "s2"])
    #expect(rows.map(\.label) == [2, 1])
    #expect(rows.map(\.value) == ["a b.wav", "c.wav"])
    #expect(rows.map(\.index) == [nil, nil])
    #expect(rows.map(\.place) == ["m.csv:2", "m.csv:3"])
  }

  @Test func `quotes, commas and line ends inside fields are kept, and lines still counted`() throws
  {
    let text = "id,label,path\r\n\"a,1\",0,\"say \"\"x\"\".wav\"\r\nb,1,\"two\nlines\"\r\n\r\nc,2,z"
    let rows = try rows(text)
    #expect(rows.map(\.id) == ["a,1", "b", "c"])
    #expect(rows.map(\.value) == ["say \"x\".wav", "two\nlines", "z"])
    #expect(rows.map(\.line) == [2, 3, 6])
  }

  @Test func `a byte order mark is no part of the first column's name`() throws {
    let rows = try rows("\u{feff}id,label,index\ns1,0,7", .index)
    #expect(rows.map(\.index) == [7])
    #expect(rows.map(\.value) == ["7"])
  }

  @Test func `separators that are no commas are text inside fields and names`() throws {
    let rows = try rows("id,label,path,a;b|c\ns;1,0,x\ty.wav,|\n")
    #expect(rows.map(\.id) == ["s;1"] && rows.map(\.value) == ["x\ty.wav"])
  }

  @Test func `letters beyond ASCII are kept`() throws {
    #expect(try rows("id,label,path\nà,owl,Größe/日本.wav\n").map(\.value) == ["Größe/日本.wav"])
  }

  @Test func `a carriage return alone is text`() throws {
    #expect(
      try CSVRecord.parse(Array("a\rb,c\n".utf8), place: "").map(\.fields) == [["a\rb", "c"]])
  }

  @Test func `empty fields and a missing last line end are fields`() throws {
    let records = try CSVRecord.parse(Array("a,,\n,\n\"\",x".utf8), place: "")
    #expect(records.map(\.fields) == [["a", "", ""], ["", ""], ["", "x"]])
    #expect(records.map(\.line) == [1, 2, 3])
  }

  @Test func `several files are one split`() throws {
    let folder = try TemporaryFolder()
    try folder.write("id,label,index\na,0,3\n", "one.csv")
    try folder.write("index,id,label\n4,b,owl\n", "two.csv")
    let manifest = try Manifest.load(
      paths: ["one.csv", "two.csv"], root: folder.path, classes: Self.classes, column: .index)
    #expect(manifest.rows.map(\.id) == ["a", "b"])
    #expect(manifest.rows.map(\.index) == [3, 4])
    #expect(manifest.rows.map(\.place) == ["\(folder.path)/one.csv:2", "\(folder.path)/two.csv:2"])
    try folder.write("id,label,index\nb,0,3\na,0,3\n", "three.csv")
    #expect(
      throws: FileError(
        "\(folder.path)/three.csv:3", "the id 'a' stands already at \(folder.path)/one.csv:2")
    ) {
      try Manifest.load(
        paths: ["one.csv", "three.csv"], root: folder.path, classes: Self.classes, column: .index)
    }
  }

  @Test func `ids are read from lines of either kind`() throws {
    #expect(try IDList.parse(Array("a\r\nb c\r\nd\r\n".utf8), place: "") == ["a", "b c", "d"])
    #expect(try IDList.parse(Array("\u{feff}a\nb".utf8), place: "") == ["a", "b"])
  }

  @Test(.enabled(if: SharedData.isThere("data/av-digits")))
  func `the manifests of the digits are read`() throws {
    let classes = (0..<10).map(String.init)
    let root = "\(SharedData.folder)/data/av-digits"
    let sounds = try Manifest.load(
      path: "\(root)/audio_train.csv", classes: classes, column: .path)
    let images = try Manifest.load(
      paths: ["image_train.csv", "image_train_unpaired.csv"], root: root, classes: classes,
      column: .index)
    #expect(sounds.rows.count == 2700)
    #expect(images.rows.count == 10_000)
    #expect(images.rows.prefix(2700).map(\.id) == sounds.rows.map(\.id))
    #expect(images.rows.prefix(2700).map(\.label) == sounds.rows.map(\.label))
  }
}
