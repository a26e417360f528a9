import Tensors

/// Gives pictures of eight bits another size, each bit as Pillow 13 does: along rows and along columns,
/// each rounded to eight bits; a direction whose size stays is left alone.
///
/// Mostly rows come first. Where more than twice as many rows go as columns, columns do; before 13.0
/// rows always came first in Pillow, which rounds otherwise.
final class PixelResizer {
  private let filter: ResizingFilter
  /// The picture between both passes.
  private var middle = Buffer<UInt8>(0)
  private var sums = Buffer<Int32>(0)

  /// A resizer that keeps its memory for the next picture.
  init(_ filter: ResizingFilter) { self.filter = filter }

  /// A part of a picture in another size.
  ///
  /// - Parameters:
  ///   - part: what is seen of the picture; nothing outside it counts.
  ///   - size: the size that the part would get.
  ///   - window: what is made of that; nil: all of it.
  func resize(
    _ picture: Picture, part: PictureRegion? = nil, to size: PictureSize,
    window: PictureRegion? = nil
  ) -> Picture {
    let part = part ?? PictureRegion(all: picture.size)
    let window = window ?? PictureRegion(all: size)
    let (channels, old) = (picture.channels, part.size)
    if old == size {
      return picture.cut(
        PictureRegion(
          top: part.top + window.top, left: part.left + window.left, window.size))
    }
    let rows =
      old.height == size.height
      ? nil : PixelWeights(from: old.height, to: size.height, window: window.rows, filter)
    let columns =
      old.width == size.width
      ? nil : PixelWeights(from: old.width, to: size.width, window: window.columns, filter)
    let stride = picture.size.width * channels
    let plane = PixelPlane(
      origin: part.top * stride + part.left * channels, stride: stride, channels: channels)
    let dropped = (old.height - size.height, old.width - size.width)
    let areColumnsFirst = dropped.0 > 0 && dropped.0 > 2 * dropped.1
    let room = window.size.width * channels
    if sums.count < max(stride, room) { sums = Buffer(max(stride, room)) }

    var pixels = [UInt8](repeating: 0, count: window.size.height * room)
    var output = pixels.mutableSpan
    let source = picture.pixels.span
    switch (rows, columns) {
    case (let rows?, nil):
      rows.stack(source, plane, columns: window.columns, sums, into: &output)
    case (nil, let columns?):
      columns.combine(source, plane, rows: window.rows, into: &output)
    case (let rows?, let columns?) where areColumnsFirst:
      let seen = columns.seen
      let stacked = PixelPlane(
        origin: -seen.lowerBound * channels, stride: seen.count * channels, channels: channels)
      makeRoom(window.size.height * stacked.stride)
      middle.withMutableSpan {
        rows.stack(source, plane, columns: seen, sums, into: &$0)
        columns.combine($0.span, stacked, rows: 0..<window.size.height, into: &output)
      }
    case (let rows?, let columns?):
      let seen = rows.seen
      let narrowed = PixelPlane(
        origin: -seen.lowerBound * room, stride: room, channels: channels)
      makeRoom(seen.count * room)
      middle.withMutableSpan {
        columns.combine(source, plane, rows: seen, into: &$0)
        rows.stack($0.span, narrowed, columns: 0..<window.size.width, sums, into: &output)
      }
    case (nil, nil): preconditionFailure("sizes are equal")
    }
    return Picture(window.size, channels: channels, pixels)
  }

  private func makeRoom(_ count: Int) {
    if middle.count < count { middle = Buffer(count) }
  }
}

/// Where pixels stand in memory.
struct PixelPlane {
  /// The place of row 0 and column 0; below 0 where these were never made.
  let origin: Int
  /// From one row to the next, in bytes.
  let stride: Int
  /// The bytes of a pixel.
  let channels: Int

  /// The first byte of a pixel.
  func place(_ row: Int, _ column: Int) -> Int { origin + row * stride + column * channels }
}
