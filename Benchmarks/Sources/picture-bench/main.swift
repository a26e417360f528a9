import CBareJPEG
import Datasets
import Foundation
import Measuring
import Tensors

// `picture-bench` decodes made-up photographs with bare libjpeg and with ours, in turns, and makes samples
// of files: docs/data-images.md.

Machine.refuseDebugBuild(of: "picture-bench")
print("pictures: one core of \(Machine.processor), load \(Machine.load); processor times")

/// A row of the table of decoding; throws where both do not give the same picture.
func decoding(_ photograph: Photograph) throws -> [String] {
  let (size, bytes) = (photograph.size, photograph.bytes)
  var pixels = [UInt8](repeating: 0, count: size.height * size.width * 3)
  let decoder = PictureDecoder()
  let rounds = try Rounds(15, pieces: max(3, 20_000_000 / pixels.count)) {
    bare_jpeg_decode(bytes, bytes.count, &pixels)
  } _: {
    let picture = try decoder.picture(of: bytes, place: "photograph")
    precondition(picture.size == size)
  }
  let ours = try decoder.picture(of: bytes, place: "photograph")
  precondition(ours.pixels == pixels, "libjpeg gives another picture")
  let warning = rounds.ratio < 0.9 ? "  BELOW 0.9" : ""
  return [
    "\(size.width) x \(size.height)", "\(bytes.count / 1000) kB",
    decimals(1 / rounds.first.median, 0), decimals(1 / rounds.second.median, 0),
    decimals(rounds.ratio, 3) + warning,
  ]
}

/// A row of the table of samples: from a file to the floats of evaluation.
func preparing(_ photograph: Photograph, _ name: String, _ options: PictureOptions) throws
  -> [String]
{
  let folder = NSTemporaryDirectory() + "picture-bench-\(getpid())"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let file = URL(fileURLWithPath: "\(folder)/a.jpg")
  try Data(photograph.bytes).write(to: file)
  try Data("id,label,path\n1,0,a.jpg\n".utf8).write(
    to: URL(fileURLWithPath: "\(folder)/a.csv"))
  var options = options
  options.train = ["a.csv"]
  let data = try ModalityData.open(.images(options), root: folder, classes: ["0"], seed: 1)
  var sample = [Float](repeating: 0, count: data.train.sampleShape.elementCount)
  let rounds = try Rounds(15, pieces: 20) {
    _ = try PictureDecoder().picture(at: file.path)
  } _: {
    var room = sample.mutableSpan
    try data.train.read(0, into: &room)
  }
  let rest = rounds.second.median - rounds.first.median
  return [
    "\(photograph.size.width) x \(photograph.size.height)", name,
    decimals(1 / rounds.second.median, 0), decimals(rest * 1e3, 2) + " ms",
  ]
}

let photographs = [(360, 480), (375, 500), (702, 1_040), (1_200, 1_600)].map {
  Photograph(PictureSize(height: $0.0, width: $0.1), quality: 90)
}
print("\ndecoding JPEG, pictures a second (bar: 0.9 of bare libjpeg)")
printTable(
  ["size", "file", "bare", "ours", "ratio"], try photographs.map(decoding), numbersFrom: 1)

var bilinear = PictureOptions()
bilinear.crop = .centre
var bicubic = bilinear
bicubic.filter = .bicubic
print("\nfiles to samples of 224 x 224, a second, and what comes after decoding")
let rows = try [("bilinear", bilinear), ("bicubic", bicubic)].flatMap { name, options in
  try photographs[1...2].map { try preparing($0, name, options) }
}
printTable(["size", "filter", "samples", "after decoding"], rows, numbersFrom: 2)
