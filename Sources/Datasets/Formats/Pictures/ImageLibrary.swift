import CImages
import Storage

/// The library that knows a format, with its answers as sentences.
struct ImageLibrary {
  private let format: PictureFormat
  private let place: String
  private let background: UInt8

  /// The library for a format; errors name `place`.
  init(_ format: PictureFormat, place: String, background: UInt8) {
    self.format = format
    self.place = place
    self.background = background
  }

  /// The size that the bytes declare. Throws where they cannot hold so many pixels.
  func size(of bytes: [UInt8]) throws -> PictureSize {
    let report = try run(bytes, divisor: 1) { source, report in
      switch format {
      case .jpeg: image_jpeg_size(source, report)
      case .png: image_png_size(source, report)
      case .webp: image_webp_size(source, report)
      }
    }
    let size = PictureSize(height: Int(report.height), width: Int(report.width))
    guard Double(size.height) * Double(size.width) <= report.most_pixels else {
      throw FileError(
        place,
        "declares \(size.width) x \(size.height) pixels, which its \(bytes.count) bytes cannot hold:"
          + " it is damaged or cut off; copy it again")
    }
    return size
  }

  /// The picture, whose size was read before; of JPEG, `size` is divided by the divisor already.
  func picture(of bytes: [UInt8], _ size: PictureSize, divisor: Int = 1) throws -> Picture {
    let count = size.height * size.width * 3
    let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let pixels = buffer.baseAddress else { return }
      _ = try run(bytes, divisor: divisor) { source, report in
        switch format {
        case .jpeg: image_jpeg_pixels(source, pixels, report)
        case .png: image_png_pixels(source, pixels, report)
        case .webp: image_webp_pixels(source, pixels, report)
        }
      }
      filled = count
    }
    return Picture(size, channels: 3, pixels)
  }

  private func run(
    _ bytes: [UInt8], divisor: Int,
    _ body: (UnsafePointer<image_source>, UnsafeMutablePointer<image_report>) -> image_outcome
  ) throws -> image_report {
    var report = image_report()
    let outcome = bytes.withUnsafeBufferPointer { bytes in
      var source = image_source(
        bytes: bytes.baseAddress, count: bytes.count, divisor: Int32(divisor),
        background: background)
      return body(&source, &report)
    }
    guard outcome == IMAGE_READ else { throw FileError(place, problem(outcome, report)) }
    return report
  }

  private func problem(_ outcome: image_outcome, _ report: image_report) -> String {
    let name = format.rawValue
    switch outcome {
    case IMAGE_CUT_OFF: return "is cut off: its \(name) data end too early; copy it again"
    case IMAGE_MANY_SCANS: return "has more than 200 scans, which no program writes"
    case IMAGE_ANIMATED: return "is animated, expected a single picture; save one of its frames"
    case IMAGE_NO_MEMORY: return "needs more memory than a \(name) picture of its size should"
    default:
      let words = withUnsafeBytes(of: report.words) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      return "cannot be decoded: its \(name) data are damaged (\(words)); copy it again"
    }
  }
}
