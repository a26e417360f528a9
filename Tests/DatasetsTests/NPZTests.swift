import Storage
import Testing

@testable import Datasets

@Suite struct NPZTests {
  @Test func `the oracle's case files are read as NumPy reads them`() throws {
    let records = try CSVRecord.parse(InputFile.read(golden("cases.csv")), place: "cases.csv")
    #expect(records.count == 189)
    for record in records.dropFirst() {
      let name = record.fields[1]
      let array = try NPZFile(path: golden(record.fields[0])).array(name)
      #expect(array.shape.map(String.init).joined(separator: "x") == record.fields[2], "\(name)")
      let values = try array.doubles()
      let sum = values.filter(\.isFinite).reduce(0, +)
      let expected = try #require(Double(record.fields[3]))
      #expect(abs(sum - expected) <= 1e-9 * max(1, abs(expected)), "\(name)")
      #expect((values.last.map { "\($0)" } ?? "") == record.fields[4], "\(name)")
    }
  }

  @Test func `compressed arrays are inflated`() throws {
    let file = try NPZFile(path: golden("compressed.npz"))
    #expect(file.names == ["ramp", "zeros", "empty"])
    #expect(try file.array("ramp").integers() == Array(0..<1000))
    #expect(try file.array("ramp.npy").integers() == Array(0..<1000))
    #expect(try file.array("zeros").doubles() == [Double](repeating: 0, count: 4096))
    #expect(try file.array("empty").shape == [0, 4])
  }

  @Test func `an archive without arrays has no names`() throws {
    let file = try NPZFile(path: golden("nothing.npz"))
    #expect(file.names == [])
    #expect(throws: FileError(file.path, "there is no array 'x'; it holds none")) {
      try file.array("x")
    }
  }

  @Test func `a missing name is answered with the nearest one, or with all`() throws {
    let file = try NPZFile(path: golden("compressed.npz"))
    #expect(throws: FileError(file.path, "there is no array 'zeroes'; did you mean 'zeros'?")) {
      try file.array("zeroes")
    }
    #expect(
      throws: FileError(
        file.path, "there is no array 'labels'; it holds 'ramp', 'zeros', 'empty'")
    ) { try file.array("labels") }
  }

  @Test(arguments: [false, true])
  func `stored and deflated entries are read, with 32 and with 64 bits`(wide: Bool) throws {
    let values = Handmade.npy("(2,)", [1.5, -2] as [Float])
    let file = try NPZFile(
      bytes: Handmade.zip(
        [
          Handmade.Entry("plain.npy", values),
          Handmade.Entry("deflated", values, deflated: Handmade.deflateStored(values)),
        ], wide: wide), place: "a.npz")
    #expect(file.names == ["plain", "deflated"])
    #expect(try file.array("plain").floats() == [1.5, -2])
    #expect(try file.array("deflated").floats() == [1.5, -2])
  }

  @Test func `arrays are opened by file and name`() throws {
    let path = try golden("compressed.npz")
    #expect(try NPYArray.open("\(path):ramp", root: "/nowhere").count == 1000)
    let folder = String(path.dropLast("/compressed.npz".count))
    #expect(try NPYArray.open("compressed.npz:ramp", root: folder).count == 1000)
    #expect(try NPYArray.open("version1.npy", root: folder + "/").count == 6)
    #expect(
      throws: FileError(
        path, "name one of its arrays, as in file.npz:name; it holds 'ramp', 'zeros', 'empty'")
    ) { try NPYArray.open(path, root: "") }
  }

  @Test(.enabled(if: SharedData.isThere("oracle/cases")))
  func `every array of every oracle case is read`() throws {
    let folder = "\(SharedData.folder)/oracle/cases"
    for number in 1...12 {
      let prefix = number < 10 ? "c0\(number)_" : "c\(number)_"
      let names = try FileNames.of(folder).filter { $0.hasPrefix(prefix) && $0.hasSuffix(".npz") }
      let file = try NPZFile(path: "\(folder)/\(try #require(names.first))")
      #expect(file.names.contains("out.loss"))
      for name in file.names {
        let array = try file.array(name)
        #expect(try array.doubles().count == array.shape.reduce(1, *))
      }
    }
  }
}
