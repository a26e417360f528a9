import Storage
import Testing

@testable import Datasets

@Suite struct GroupTests {
  private func rows(_ text: String) throws -> [ManifestRow] {
    try Manifest.parse(Array(text.utf8), place: "m.csv", classes: ["a", "b"], column: .text)
  }

  @Test func `a manifest may have a column of groups, with gaps`() throws {
    let told = try rows("group,id,label,text\ng 1,x,0,t\n,y,1,t\n\"g,2\",z,1,t\n")
    #expect(told.map(\.group) == ["g 1", nil, "g,2"] && told.groups == ["g 1", "", "g,2"])
    #expect(try rows("id,label,text\nx,0,t\n").groups == [])
    #expect(try rows("id,label,text,group\nx,0,t,\n").groups == [])
    #expect(throws: FileError("m.csv:2", "the group ' g' begins or ends with white space")) {
      try rows("id,label,text,group\nx,0,t, g\n")
    }
    #expect(throws: FileError("m.csv:1", "the column 'group' occurs 2 times")) {
      try rows("id,group,label,text,group\nx,,0,t,g\n")
    }
  }

  @Test func `every kind with manifests tells its groups`() throws {
    let folder = try TemporaryFolder()
    let list = "id,label,KEY,group\na,0,VALUE,g\nb,1,VALUE,\n"
    func manifest(_ key: String, _ value: String) throws -> String {
      try folder.write(
        list.replacing("KEY", with: key).replacing("VALUE", with: value), "\(key).csv")
      return "\(key).csv"
    }
    func groups(_ options: SourceOptions) throws -> [String] {
      let data = try ModalityData.open(options, root: folder.path, classes: ["0", "1"], seed: 0)
      #expect(data.test.groups == [])
      let standardised = StandardisedSource(
        data.train, with: try Standardiser(.global, fittedTo: data.train, on: [0, 1]))
      #expect(standardised.groups == data.train.groups)
      return data.train.groups
    }
    var text = TextOptions()
    text.train = [try manifest("text", "two words")]
    #expect(try groups(.text(text)) == ["g", ""])
    try folder.write(Handmade.npy("(2, 2)", [1, 2, 3, 5] as [Float]), "values.npy")
    let rows = try manifest("index", "1")
    #expect(
      try groups(.arrays(.init(train: .init(values: "values.npy", manifest: rows), test: nil)))
        == ["g", ""])
    try folder.write(Handmade.idx(2051, [2, 1, 2], [1, 2, 3, 4]), "images")
    #expect(
      try groups(.idx(.init(train: .init(images: "images", manifests: [rows]), test: nil)))
        == ["g", ""])
    var audio = AudioOptions()
    audio.train = [try manifest("path", soundGoldenPath("sound_chirp.wav"))]
    (audio.seconds, audio.resamples) = (0.1, true)
    #expect(try groups(.audio(audio)) == ["g", ""])
  }

  @Test(
    arguments: [
      ("id,group\na,g\na,h\n", ":3", "the id 'a' stands already on line 2"),
      ("id,label\na,g\n", ":1", "there is no column 'group'; the columns are 'id', 'label'"),
      ("id,group\na\n", ":2", "has 1 field, but the header has 2"),
      ("id;group\na;g\n", ":1", "the columns are separated by semicolons"),
      ("id,group\na,g \n", ":2", "the group 'g ' begins or ends with white space"),
      ("id,group\n,g\n", ":2", "the id is empty"),
      ("", "", "is empty"),
    ])
  func `files of groups that cannot be used are refused by line`(
    text: String, line: String, problem: String
  ) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, "g.csv")
    let error = try #require(throws: FileError.self) { try GroupFile(path: path) }
    #expect(error.place == path + line)
    #expect(error.problem.hasPrefix(problem), "\(error)")
  }

  @Test func `a file of groups is read by its columns`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("group,x,id\ng,1,a\n,2,b\ng,3,c\n", "g.csv")
    let file = try GroupFile(path: path)
    #expect(file.groups == ["a": "g", "c": "g"] && file.digest.count == 64)
  }
}
