import Storage
import TestSupport
import Testing

@testable import Datasets

@Suite struct NPYTests {
  @Test(arguments: ["version1.npy", "version2.npy", "version3.npy"])
  func `every version of the format is read`(name: String) throws {
    let array = try NPYArray(path: golden(name))
    #expect(array.shape == [2, 3])
    #expect(array.type.description == "<f4")
    #expect(try array.floats() == [1, 2, 3, 4, 5, 6])
    #expect(try array.doubles() == [1, 2, 3, 4, 5, 6])
    #expect(try array.integers() == [1, 2, 3, 4, 5, 6])
  }

  @Test(arguments: ["f2", "f4", "f8", "f2_big", "f4_big", "f8_big"])
  func `floats of every width and byte order keep their values`(name: String) throws {
    let array = try NPZFile(path: golden("types.npz")).array(name)
    #expect(try array.doubles() == [-1.5, 0, 0.25, 3, 1024, -0.125])
    #expect(try array.floats() == [-1.5, 0, 0.25, 3, 1024, -0.125])
  }

  @Test(arguments: [1, 2, 4, 8])
  func `integers of every width keep their values`(width: Int) throws {
    let file = try NPZFile(path: golden("types.npz"))
    let high = Int.max >> (64 - 8 * width)
    let signed = try file.array("i\(width)")
    #expect(try signed.integers() == [-high - 1, -1, 0, 1, 2, high])
    #expect(try signed.floats() == [-Float(high) - 1, -1, 0, 1, 2, Float(high)])
    let unsigned = try file.array("u\(width)")
    #expect(try unsigned.doubles() == [0, 1, 2, 3, 4, Double(UInt.max >> (64 - 8 * width))])
    if width < 8 { #expect(try unsigned.integers() == [0, 1, 2, 3, 4, 2 * high + 1]) }
  }

  @Test func `booleans, big-endian integers, single values and empty arrays are read`() throws {
    let file = try NPZFile(path: golden("types.npz"))
    #expect(try file.array("bool").integers() == [1, 0, 1, 0, 0, 1])
    #expect(try file.array("i4_big").integers() == [-5, -1, 0, 1, 2, 70000])
    #expect(try file.array("scalar").shape == [])
    #expect(try file.array("scalar").floats() == [2.5])
    #expect(try file.array("empty").shape == [0, 4])
    #expect(try file.array("empty").doubles() == [])
    #expect(try file.array("cube").shape == [2, 3, 4])
    #expect(try file.array("cube").integers() == Array(0..<24))
  }

  @Test func `a part of an array is copied from the right place`() throws {
    let file = try NPZFile(path: golden("types.npz"))
    for (name, expected) in [("cube", [5, 6, 7]), ("i4_big", [2, 70000])] {
      var part = [Float](repeating: -1, count: expected.count)
      let start = name == "cube" ? 5 : 4
      var room = part.mutableSpan
      try file.array(name).copy(start..<(start + expected.count), into: &room)
      #expect(part == expected.map(Float.init))
    }
  }

  @Test func `the writer's bytes are NumPy's own`() throws {
    let values: [Float] = [1, 2, 3, 4, 5, 6]
    let numpy = try InputFile.read(golden("version1.npy"))
    #expect(NPYWriter.bytes(values, shape: [2, 3]) == numpy)
  }

  @Test(arguments: [[], [0], [7], [0, 4], [2, 3, 1]])
  func `what is written is read back, in every shape`(shape: [Int]) throws {
    let folder = try TemporaryFolder()
    let count = shape.reduce(1, *)
    let path = "\(folder.path)/values.npy"
    let doubles = (0..<count).map { Double($0) / 3 }
    try NPYWriter.write(NPYWriter.bytes(doubles, shape: shape), to: path)
    #expect(try NPYArray(path: path).shape == shape)
    #expect(try NPYArray(path: path).doubles() == doubles)
    let whole = (0..<count).map { Int32($0) - 3 }
    try NPYWriter.write(NPYWriter.bytes(whole, shape: shape), to: path)
    #expect(try NPYArray(path: path).integers() == whole.map(Int.init))
    #expect(try InputFile.read(path).count % 64 == (4 * count) % 64)
  }

  @Test func `numbers that do not fit the wanted type are refused`() throws {
    func array(_ values: [Double]) throws -> NPYArray {
      try NPYArray(bytes: NPYWriter.bytes(values, shape: [values.count]), place: "a.npy")
    }
    let large = try array([2.0, 1e39])
    #expect(throws: FileError("a.npy", "value 1 is 1e+39, which is too large for float32")) {
      try large.floats()
    }
    #expect(throws: FileError("a.npy", "value 1 is 1e+39, expected an integer")) {
      try large.integers()
    }
    #expect(throws: FileError("a.npy", "value 0 is 2.5, expected an integer")) {
      try array([2.5]).integers()
    }
    #expect(throws: FileError("a.npy", "value 0 is nan, expected an integer")) {
      try array([Double.nan]).integers()
    }
    #expect(throws: FileError("a.npy", "value 0 is 18446744073709551615, which is too large")) {
      let bytes = Handmade.npy(literal: Handmade.header("(1,)", "<u8"), Handmade.little(-1, 8))
      return try NPYArray(bytes: bytes, place: "a.npy").integers()
    }
    // Infinity itself is a float32.
    #expect(try array([Double.infinity]).floats() == [.infinity])
  }

  @Test func `the header's keys may come in any order and spacing`() throws {
    let literal = "{\"shape\":( 2 ,),'fortran_order' : False ,\n\"descr\":'|u1'}"
    let odd = Handmade.npy(literal: literal, [7, 9])
    #expect(try NPYArray(bytes: odd, place: "a").integers() == [7, 9])
    // With one axis, both orders are the same.
    let fortran = "{'descr': '|u1', 'fortran_order': True, 'shape': (2,), }"
    let either = Handmade.npy(literal: fortran, [7, 9])
    #expect(try NPYArray(bytes: either, place: "a").integers() == [7, 9])
  }
}
