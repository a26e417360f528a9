import Datasets
import TestSupport

private let three: [Float] = [1, 2, 3]
private let labels: [Int32] = [0, 1, 2]

extension BrokenInput {
  private static func files(
    _ values: [UInt8], _ labels: [UInt8], ids: String? = nil
  ) -> [String: [UInt8]] {
    var files = ["x.npy": values, "y.npy": labels]
    files["ids.txt"] = ids.map { Array($0.utf8) }
    return files
  }

  private static let soundValues = Handmade.npy("(3, 1)", three)
  private static let soundLabels = Handmade.npy("(3,)", labels)

  /// Array splits.
  static let splits: [BrokenInput] = [
    split(
      "split: neither labels nor manifest", ["x.npy": soundValues],
      "x.npy: has neither labels nor a manifest"),
    split(
      "split: labels and manifest",
      ["x.npy": soundValues, "y.npy": soundLabels, "m.csv": Array("id,label,path\n".utf8)],
      "x.npy: has a manifest besides labels or ids; give one or the other"),
    split(
      "split: a single value", files(Handmade.npy("()", [1] as [Float]), soundLabels),
      "x.npy: is a single value, expected [samples, values]"),
    split(
      "split: no rows", files(Handmade.npy("(0, 4)", [] as [Float]), soundLabels),
      "x.npy: has no rows"),
    split(
      "split: empty rows", files(Handmade.npy("(3, 0)", [] as [Float]), soundLabels),
      "x.npy: has rows without values"),
    split(
      "split: fewer labels than rows", files(soundValues, Handmade.npy("(2,)", [0, 1] as [Int32])),
      "y.npy: holds 2 labels, but x.npy has 3 rows"),
    split(
      "split: a column of labels", files(soundValues, Handmade.npy("(3, 1)", labels)),
      "y.npy: has the shape [3, 1], expected one label a sample, [3]"),
    split(
      "split: label out of range",
      files(soundValues, Handmade.npy("(3,)", [0, 1, 3] as [Int32])),
      "y.npy, row 2: the label is 3, expected 0 to 2 or one of 'cat', 'dog', 'owl'"),
    split(
      "split: negative label", files(soundValues, Handmade.npy("(3,)", [0, -1, 2] as [Int32])),
      "y.npy, row 1: the label is -1, expected 0 to 2 or one of 'cat', 'dog', 'owl'"),
    split(
      "split: label is a fraction",
      files(soundValues, Handmade.npy("(3,)", [0, 0.5, 1] as [Float])),
      "y.npy: value 1 is 0.5, expected an integer"),
    split(
      "split: names that are no classes",
      files(
        soundValues,
        Handmade.npy(literal: Handmade.header("(3,)", "|S3"), Array("catcowowl".utf8))),
      "y.npy, row 1: the label is 'cow', expected 0 to 2 or one of 'cat', 'dog', 'owl'"),
    split(
      "split: names that are no text",
      files(
        soundValues,
        Handmade.npy(
          literal: Handmade.header("(3,)", "<U1"), [65, 0, 0, 0, 0, 0xd8, 0, 0, 65, 0, 0, 0])),
      "y.npy: value 1 is no text: its bytes are not Unicode"),
    split(
      "split: labels are objects",
      files(soundValues, Handmade.npy(literal: Handmade.header("(3,)", "|O"), eight)),
      "y.npy: holds Python objects (dtype '|O'), which are never loaded because they can run code;"
        + " save labels: array.astype('int64'), or array.astype(str) where they are names"),
    split(
      "split: labels are dates",
      files(soundValues, Handmade.npy(literal: Handmade.header("(1,)", "<M8[D]"), eight)),
      "y.npy: has dtype '<M8[D]', expected integers or names of classes; convert the labels with"
        + " array.astype('int64'), or array.astype(str) where they are names, and save them again"),
    split(
      "split: a table of names",
      files(
        soundValues,
        Handmade.npy(literal: Handmade.header("(3, 1)", "|S3"), Array("catcatowl".utf8))),
      "y.npy: has the shape [3, 1], expected one label a sample, [3]"),
    split(
      "split: NaN", files(Handmade.npy("(3, 2)", [1, 2, 3, 4, 5, .nan]), soundLabels),
      "x.npy: row 2, column 1 is nan as float32, expected finite numbers; repair or leave out such"
        + " samples"),
    split(
      "split: infinity", files(Handmade.npy("(3, 2)", [1, 2, -.infinity, 4, 5, 6]), soundLabels),
      "x.npy: row 1, column 0 is -inf as float32, expected finite numbers; repair or leave out such"
        + " samples"),
    split(
      "split: too large for float32",
      files(NPYWriter.bytes([1, 1e300, 2] as [Double], shape: [3]), soundLabels),
      "x.npy: row 1, column 0 is inf as float32, expected finite numbers; repair or leave out such"
        + " samples"),
    split(
      "split: fewer ids than rows", files(soundValues, soundLabels, ids: "a\nb\n"),
      "ids.txt: holds 2 ids, but x.npy has 3 rows"),
    split(
      "split: duplicate id", files(soundValues, soundLabels, ids: "a\nb\na\n"),
      "ids.txt:3: the id 'a' stands already on line 1"),
    split(
      "split: empty line in ids", files(soundValues, soundLabels, ids: "a\n\nb\n"),
      "ids.txt:2: the id is empty"),
    split(
      "split: ids of one line end", files(soundValues, soundLabels, ids: "\n"),
      "ids.txt:1: the id is empty"),
    split(
      "split: blank after an id", files(soundValues, soundLabels, ids: "a\nb\nc \n"),
      "ids.txt:3: the id 'c ' begins or ends with white space"),
    split(
      "split: ids not UTF-8",
      ["x.npy": soundValues, "y.npy": soundLabels, "ids.txt": [97, 10, 0xc3, 0x28, 10, 98]],
      "ids.txt:2: is not UTF-8 text; save the file as UTF-8"),
    split(
      "split: index beyond the array",
      ["x.npy": soundValues, "m.csv": Array("id,label,index\na,0,2\nb,0,3\n".utf8)],
      "m.csv:3: the index is 3, but x.npy has 3 rows (from 0)"),
    BrokenInput(
      "split: other sample shape in test",
      ["x.npy": soundValues, "y.npy": soundLabels, "t.npy": Handmade.npy("(3, 1, 1)", three)],
      "t.npy: has samples of 1 x 1 values, but the training samples in x.npy have 1"
    ) {
      let options = ArrayOptions(
        train: ArraySplit(values: "x.npy", labels: "y.npy"),
        test: ArraySplit(values: "t.npy", labels: "y.npy"))
      _ = try ModalityData.open(.arrays(options), root: $0, classes: classes, seed: 0)
    },
  ]

  private static let soundImages = Handmade.idx(2051, [2, 1, 3], [1, 2, 3, 4, 5, 6])
  private static let soundImageLabels = Handmade.idx(2049, [2], [0, 1])

  private static func bomb(_ lengths: [Int]) -> [UInt8] {
    // A stored block with the header, then zeros without end.
    let head = Handmade.idx(2051, lengths, [])
    let stored = [0] + Handmade.deflateStored(head).dropFirst()
    return Handmade.gzip(stored + Handmade.deflateZeros(runs: 1000), of: [])
  }

  /// Image splits.
  static let images: [BrokenInput] = [
    idx(
      "idx: wrong magic", Array("GIF89a and more of it".utf8), labels: soundImageLabels,
      "images: begins with 1195984440, expected 2051 for IDX images"),
    idx(
      "idx: labels as images", soundImageLabels + eight, labels: soundImageLabels,
      "images: begins with 2049, the number of labels, expected 2051 for IDX images"),
    idx(
      "idx: images as labels", soundImages, labels: soundImages,
      "labels: begins with 2051, the number of images, expected 2049 for IDX labels"),
    idx(
      "idx: truncated header", Array(soundImages.prefix(9)), labels: soundImageLabels,
      "images: is truncated: it ends within the IDX header"),
    idx(
      "idx: truncated data", Array(soundImages.dropLast()), labels: soundImageLabels,
      "images: declares 2 x 1 x 3 values, 6 bytes, but 5 bytes follow the header"),
    idx(
      "idx: trailing bytes", soundImages + [0], labels: soundImageLabels,
      "images: declares 2 x 1 x 3 values, 6 bytes, but 7 bytes follow the header"),
    idx(
      "idx: no images", Handmade.idx(2051, [0, 28, 28], []), labels: soundImageLabels,
      "images: declares 0 x 28 x 28 values, so there is nothing in it"),
    idx(
      "idx: 2^96 bytes", Handmade.idx(2051, [-1, -1, -1], [0]), labels: soundImageLabels,
      "images: declares 4294967295 x 4294967295 x 4294967295 bytes, which no file can hold"),
    idx(
      "idx: 2^60 bytes", Handmade.idx(2051, [1 << 20, 1 << 20, 1 << 20], [0]),
      labels: soundImageLabels,
      "images: declares 1048576 x 1048576 x 1048576 values, 1152921504606846976 bytes, but 1 byte"
        + " follow the header"),
    idx(
      "idx: label out of range", soundImages, labels: Handmade.idx(2049, [2], [0, 3]),
      "labels, row 1: the label is 3, expected 0 to 2 or one of 'cat', 'dog', 'owl'"),
    idx(
      "idx: fewer labels than images", soundImages, labels: Handmade.idx(2049, [1], [0]),
      "labels: holds 1 label, but images has 2 images"),
    idx(
      "idx: neither labels nor manifest", soundImages, "images: has neither labels nor a manifest"),
    idx(
      "idx: labels and manifest", soundImages, labels: soundImageLabels,
      manifest: "id,label,index\na,0,0\n",
      "images: has a manifest besides labels; give one or the other"),
    idx(
      "idx: index beyond the images", soundImages, manifest: "id,label,index\na,0,2\n",
      "m.csv:2: the index is 2, but images has 2 rows (from 0)"),
    idx(
      "gzip: truncated", Array(Handmade.gzip(soundImages).dropLast(9)), labels: soundImageLabels,
      "images: is truncated: the gzip data ends early"),
    idx(
      "gzip: truncated header", Array(Handmade.gzip(soundImages).prefix(20)),
      labels: soundImageLabels, "images: is truncated: it ends within the IDX header"),
    idx(
      "gzip: wrong checksum", Handmade.gzip(Handmade.deflateStored(soundImages), of: [1]),
      labels: soundImageLabels, "images: cannot be inflated: incorrect data check"),
    idx(
      "gzip: damaged", [0x1f, 0x8b, 9] + Handmade.gzip(soundImages).dropFirst(3),
      labels: soundImageLabels, "images: cannot be inflated: unknown compression method"),
    idx(
      "gzip: trailing bytes", Handmade.gzip(soundImages) + [0], labels: soundImageLabels,
      "images: has 1 byte after the gzip data"),
    idx(
      "gzip: less than declared",
      Handmade.gzip(Array(soundImages.dropLast(2))), labels: soundImageLabels,
      "images: declares 2 x 1 x 3 values, 6 bytes, but 4 bytes follow the header"),
    idx(
      "gzip: bomb that declares little", bomb([2, 1, 3]), labels: soundImageLabels,
      "images: inflates to more than the 22 bytes its header declares"),
    idx(
      "gzip: bomb that declares 1 TB", bomb([1 << 20, 1 << 10, 1 << 10]), labels: soundImageLabels,
      "images: declares 1099511627792 bytes, more than 1667 can be inflated to"),
    BrokenInput(
      "idx: other image size in test",
      [
        "images": soundImages, "labels": soundImageLabels,
        "t": Handmade.idx(2051, [2, 3, 1], [1, 2, 3, 4, 5, 6]),
      ], "t: has images of 3 x 1 x 1, but the training images in images have 1 x 3 x 1"
    ) {
      let options = ImageOptions(
        train: .init(images: "images", labels: "labels"),
        test: .init(images: "t", labels: "labels"))
      _ = try ModalityData.open(.idx(options), root: $0, classes: classes, seed: 0)
    },
  ]
}

private let eight = [UInt8](repeating: 0, count: 8)
