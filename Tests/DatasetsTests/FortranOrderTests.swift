import TestSupport
import Testing

@testable import Datasets

@Suite struct FortranOrderTests {
  @Test(arguments: [
    ("plane", [70, 45]), ("video", [5, 7, 3, 2]), ("square", [33, 3, 2]),
    ("doubles", [2, 40, 33]),
  ])
  func `arrays that NumPy saved in Fortran order are read in C order`(
    name: String, shape: [Int]
  ) throws {
    let array = try NPZFile(path: golden("fortran.npz")).array(name)
    #expect(array.shape == shape)
    #expect(try array.integers() == Array(0..<shape.reduce(1, *)))
    #expect(try array.floats() == (0..<shape.reduce(1, *)).map(Float.init))
  }

  @Test func `a file in Fortran order is read, and so is an empty one`() throws {
    #expect(try NPYArray(path: golden("fortran.npy")).floats() == [1, 2, 3, 4, 5, 6])
    let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (0, 4), }"
    let empty = try NPYArray(bytes: Handmade.npy(literal: header, []), place: "a")
    #expect(empty.shape == [0, 4])
    #expect(try empty.floats() == [])
  }

  @Test func `rows of a sample source are rows of the array`() throws {
    let folder = try TemporaryFolder()
    let header = "{'descr': '|u1', 'fortran_order': True, 'shape': (3, 2, 2), }"
    // Sample s, row r, column c is 100 s + 10 r + c; s is side by side.
    let bytes: [UInt8] = [0, 100, 200, 10, 110, 210, 1, 101, 201, 11, 111, 211]
    try folder.write(Handmade.npy(literal: header, bytes), "x.npy")
    try folder.write(Handmade.npy("(3,)", [0, 1, 2] as [Int32]), "y.npy")
    let source = try ArraySource(
      ArraySplit(values: "x.npy", labels: "y.npy"), root: folder.path,
      classes: BrokenInput.classes)
    #expect(try source.sample(0) == [0, 1, 10, 11])
    #expect(try source.sample(2) == [200, 201, 210, 211])
  }
}
