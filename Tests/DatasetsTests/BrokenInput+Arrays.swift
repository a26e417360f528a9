import Datasets
import Storage

private let two: [Float] = [1, 2]
private let eight = [UInt8](repeating: 0, count: 8)

extension BrokenInput {
  /// Files that are no files.
  static let files: [BrokenInput] = [
    BrokenInput(
      "missing", [:], "x.npy: no such file; --set data.root=DIR says where relative paths start"
    ) {
      _ = try NPYArray.open("x.npy", root: $0)
    },
    BrokenInput(
      "a file as folder", ["x": [1]],
      "x/y.npy: no such file; --set data.root=DIR says where relative paths start"
    ) { _ = try NPYArray.open("x/y.npy", root: $0) },
    BrokenInput("directory", [:], "/.: is a directory, expected a file") {
      do { _ = try InputFile.read($0 + "/.") } catch let error as FileError {
        throw FileError(String(error.place.dropFirst($0.count)), error.problem)
      }
    },
    npy("empty", [], "is empty"),
    npy(
      "git-lfs pointer",
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n".utf8),
      "is a git-lfs pointer, not the data; fetch the data with 'git lfs pull'"),
  ]

  /// `.npy` files.
  static let arrays: [BrokenInput] = [
    npy(
      "npy: wrong magic", Array("PK not an array".utf8),
      "is not a .npy file: it does not begin with \\x93NUMPY"),
    npy(
      "npy: only the magic", [0x93] + Array("NUMPY".utf8),
      "is truncated: it ends within the header"),
    npy(
      "npy: version 4", Handmade.npy(literal: "{}", [], version: 4),
      "is of .npy version 4.0; versions 1.0, 2.0 and 3.0 can be read"),
    npy(
      "npy: truncated header", Array(Handmade.npy("(2,)", two).prefix(40)),
      "declares a header of 57 bytes, but only 30 follow"),
    npy(
      "npy: header of 4 GB", [0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255] + eight,
      "declares a header of 4294967295 bytes, but only 8 follow"),
    npy(
      "npy: truncated data", Array(Handmade.npy("(2,)", two).dropLast()),
      "declares the shape (2) of 4-byte values, 8 bytes, but 7 bytes follow the header"),
    npy(
      "npy: trailing bytes", Handmade.npy("(2,)", two) + [0],
      "declares the shape (2) of 4-byte values, 8 bytes, but 9 bytes follow the header"),
    npy(
      "npy: 2^60 rows", Handmade.npy("(1152921504606846976, 2)", two),
      "declares the shape (1152921504606846976, 2), which no file can hold"),
    npy(
      "npy: 2^60 bytes", Handmade.npy("(288230376151711744,)", two),
      "declares the shape (288230376151711744) of 4-byte values, 1152921504606846976 bytes,"
        + " but 8 bytes follow the header"),
    npy(
      "npy: empty, but only just", Handmade.npy("(0, 4611686018427387904, 4)", [] as [Float]),
      "declares the shape (0, 4611686018427387904, 4), which no file can hold"),
    npy(
      "npy: a length beyond 64 bits", Handmade.npy("(99999999999999999999,)", two),
      "has a malformed .npy header, at its character 52: expected the length of an axis, a number"
        + " from 0"),
    npy(
      "npy: negative length", Handmade.npy("(-2,)", two),
      "has a malformed .npy header, at its character 52: expected the length of an axis, a number"
        + " from 0"),
    npy(
      "npy: shape is a number", Handmade.npy("(2)", two),
      "has a malformed .npy header, at its character 53: expected ',' after the only length"),
    npy(
      "npy: shape is a call", Handmade.npy("__import__('os')", two),
      "has a malformed .npy header, at its character 51: expected '('"),
    npy(
      "npy: 65 axes",
      Handmade.npy("(" + Array(repeating: "1", count: 65).joined(separator: ",") + ")", two),
      "has a malformed .npy header, at its character 182: a shape of 65 axes"),
    npy(
      "npy: no shape", Handmade.npy(literal: "{'descr': '<f4', 'fortran_order': False}", eight),
      "has a malformed .npy header, at its character 41: 'descr', 'fortran_order' and 'shape' must"
        + " all be there"),
    npy(
      "npy: a key twice", Handmade.npy(literal: "{'descr': '<f4', 'descr': '<f8'}", eight),
      "has a malformed .npy header, at its character 26: unexpected or repeated key 'descr'"),
    npy(
      "npy: order is a number",
      Handmade.npy(literal: "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", eight),
      "has a malformed .npy header, at its character 35: expected True or False"),
    npy(
      "npy: text behind the header", Handmade.npy(literal: Handmade.header("(2,)") + ";", eight),
      "has a malformed .npy header, at its character 58: text follows the closing brace"),
    npy(
      "npy: no dictionary", Handmade.npy(literal: "<f4 (2,)", eight),
      "has a malformed .npy header, at its character 1: expected '{'"),
    npy(
      "npy: a string without end", Handmade.npy(literal: "{'descr", eight),
      "has a malformed .npy header, at its character 2: expected a plain quoted string"),
    npy(
      "npy: half float of 3 bytes", Handmade.npy(literal: Handmade.header("(2,)", "<f3"), eight),
      "has dtype '<f3', expected floats, integers or booleans; convert the array with"
        + " array.astype('float32') and save it again"),
    npy(
      "npy: two-byte values without an order",
      Handmade.npy(literal: Handmade.header("(4,)", "|i2"), eight),
      "has dtype '|i2', expected floats, integers or booleans; convert the array with"
        + " array.astype('float32') and save it again"),
    golden(
      "npy: objects", "objects.npy",
      "holds Python objects (dtype '|O'), which are never loaded because they can run code;"
        + " save numbers: array.astype('float32'), or numpy.stack(array) where the objects are"
        + " arrays"),
    golden(
      "npy: structures", "structures.npy",
      "holds structures (fields with names); save one array of numbers each"),
    golden(
      "npy: text", "text.npy",
      "holds text (dtype '<U5'), expected numbers; where every text is a number,"
        + " array.astype('float32') makes numbers of them"),
    golden(
      "npy: complex numbers", "complex.npy",
      "has dtype '<c8', expected floats, integers or booleans; convert the array with"
        + " array.astype('float32') and save it again"),
    npy(
      "npy: text of no width", Handmade.npy(literal: Handmade.header("(2,)", "<U0"), []),
      "has dtype '<U0', expected floats, integers or booleans; convert the array with"
        + " array.astype('float32') and save it again"),
    npy(
      "npy: gzip", Handmade.gzip(Handmade.npy("(2,)", two)),
      "is compressed with gzip; unpack it first, with gunzip"),
  ]

  /// A `.npy` file that NumPy wrote.
  static func golden(_ name: String, _ file: String, _ problem: String) -> BrokenInput {
    BrokenInput(name, [:], "\(file): \(problem)") { _ in
      let path = try DatasetsTests.golden(file)
      do { _ = try NPYArray(path: path) } catch let error as FileError where error.place == path {
        throw FileError(file, error.problem)
      }
    }
  }

  private static let sound = Handmade.Entry("x.npy", Handmade.npy("(2,)", two))
  private static let zeros = [UInt8](repeating: 0, count: 1 + 258 * 100)
  private static let packed = Handmade.Entry(
    "x.npy", zeros, deflated: Handmade.deflateZeros(runs: 100))

  /// `.npz` files.
  static let archives: [BrokenInput] = [
    npz(
      "npz: not a zip file", Handmade.npy("(2,)", two),
      "a.npz: is not a .npz file, or truncated: no zip directory at its end"),
    npz(
      "npz: truncated", Array(Handmade.zip([sound]).dropLast(3)),
      "a.npz: is not a .npz file, or truncated: no zip directory at its end"),
    npz(
      "npz: trailing bytes", Handmade.zip([sound]) + [0, 0],
      "a.npz: is not a .npz file, or truncated: no zip directory at its end"),
    npz(
      "npz: head cut off", Array(Handmade.zip([sound]).dropFirst(10)),
      "a.npz: has a zip directory that does not fit the file"),
    npz(
      "npz: entries miscounted", Handmade.zip([sound], declared: 2),
      "a.npz: lists 1 entry, but declares 2 of them"),
    npz(
      "npz: name twice", Handmade.zip([sound, sound]), "a.npz: holds two arrays named 'x'"),
    npz(
      "npz: name with and without .npy", Handmade.zip([sound, sound.with { $0.name = "x" }]),
      "a.npz: holds two arrays named 'x'"),
    npz(
      "npz: no such array", Handmade.zip([sound.with { $0.name = "values.npy" }]),
      "a.npz: there is no array 'x'; it holds 'values'"),
    npz(
      "npz: wrong checksum", Handmade.zip([sound.with { $0.crc ^= 1 }]),
      "a.npz:x: is damaged: its checksum (CRC-32) is wrong"),
    npz(
      "npz: another local name", Handmade.zip([sound.with { $0.localName = "y.npy" }]),
      "a.npz:x: has another name in its local header than in the directory"),
    npz(
      "npz: entry elsewhere", Handmade.zip([sound.with { $0.offset = 7 }]),
      "a.npz:x: has no local header where the directory says"),
    npz(
      "npz: entry beyond the file", Handmade.zip([sound.with { $0.offset = 1 << 40 }], wide: true),
      "a.npz:x: is truncated: it ends within the local header"),
    npz(
      "npz: 2^63 bytes", Handmade.zip([sound.with { $0.count = .min }], wide: true),
      "a.npz: declares 9223372036854775808 bytes, which no file can hold"),
    npz(
      "npz: data beyond the file", Handmade.zip([sound.with { $0.compressedCount = 1 << 30 }]),
      "a.npz:x: is truncated: it ends within the data"),
    npz(
      "npz: stored with two sizes", Handmade.zip([sound.with { $0.count += 1 }]),
      "a.npz:x: is stored in 75 bytes, but declares 76"),
    npz(
      "npz: encrypted", Handmade.zip([sound.with { $0.flags = 1 }]),
      "a.npz: the entry 'x.npy' is encrypted"),
    npz(
      "npz: compressed with LZMA", Handmade.zip([sound.with { $0.method = 14 }]),
      "a.npz: the entry 'x.npy' uses compression method 14; save it with numpy.savez or"
        + " numpy.savez_compressed"),
    npz(
      "npz: bomb that declares little", Handmade.zip([packed.with { $0.count = 100 }]),
      "a.npz:x: inflates to more than the 100 bytes it declares"),
    npz(
      "npz: bomb that declares 1 TB",
      Handmade.zip([packed.with { $0.count = 1 << 40 }], wide: true),
      "a.npz:x: declares 1099511627776 bytes, more than 165 can be inflated to"),
    npz(
      "npz: inflates to less", Handmade.zip([packed.with { $0.count += 1 }]),
      "a.npz:x: inflates to 25801 bytes, but declares 25802"),
    npz(
      "npz: deflate data cut",
      Handmade.zip([
        packed.with {
          $0.data = Array($0.data.prefix(50)); $0.compressedCount = 50
        }
      ]),
      "a.npz:x: inflates to 7483 bytes, but declares 25801"),
    npz(
      "npz: bytes after the deflate data",
      Handmade.zip([
        packed.with {
          $0.data += [7]; $0.compressedCount += 1
        }
      ]),
      "a.npz:x: has 1 byte after the end of its data"),
    npz(
      "npz: no deflate data", Handmade.zip([packed.with { $0.data[0] = 7 }]),
      "a.npz:x: cannot be inflated: invalid block type"),
    npz(
      "npz: no array inside", Handmade.zip([Handmade.Entry("x.npy", Array("hello".utf8))]),
      "a.npz:x: is not a .npy file: it does not begin with \\x93NUMPY"),
    npz(
      "npz: name is not UTF-8",
      Handmade.zip([sound]).map { $0 == UInt8(ascii: "x") ? 0xff : $0 },
      "a.npz: has an entry whose name is not UTF-8"),
  ]
}
