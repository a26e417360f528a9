import CBareJPEG
import Datasets
import Glibc
import Tensors

/// A made-up photograph: slopes, and noise of several sizes, so that its JPEG file has as many bytes as
/// that of a real one.
struct Photograph {
  let size: PictureSize
  /// The JPEG file.
  let bytes: [UInt8]

  init(_ size: PictureSize, quality: Int32) {
    var random = SeededGenerator(seed: 1, stream: "photograph")
    let (height, width) = (size.height, size.width)
    var levels = [Float](repeating: 0, count: height * width * 3)
    for (grain, strength) in [(64, 50), (16, 25), (4, 8), (1, 5)] as [(Int, Float)] {
      let across = width / grain + 1
      let noise = (0..<across * (height / grain + 1) * 3).map { _ in
        strength * Float(random.normal())
      }
      for y in 0..<height {
        for x in 0..<width {
          let from = ((y / grain) * across + x / grain) * 3
          for channel in 0..<3 { levels[(y * width + x) * 3 + channel] += noise[from + channel] }
        }
      }
    }
    let pixels = levels.map { UInt8(max(0, min(255, 128 + $0))) }
    var file: UnsafeMutablePointer<UInt8>?
    let count = bare_jpeg_encode(pixels, Int32(width), Int32(height), quality, &file)
    self.size = size
    bytes = Array(UnsafeBufferPointer(start: file, count: count))
    free(file)
  }
}
