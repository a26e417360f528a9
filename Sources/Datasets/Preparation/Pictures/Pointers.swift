import Tensors

// The two passes of resizing a picture, which is where its time goes. They add in 32 bits without looking
// for overflow: weights are made so that there is none (`PixelWeights.precision`). Every place is
// checked before the first pixel is looked at, not pixel by pixel.

/// Half of the last bit that stays, which rounds what follows.
private let half: Int32 = 1 << (PixelWeights.precision - 1)

@inline(__always)
private func rounded(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> PixelWeights.precision) }

extension PixelWeights {
  /// Writes rows in their new width, one after the other.
  ///
  /// - Parameters:
  ///   - source: the old pixels, which stand in it as `plane` says.
  ///   - rows: which rows.
  func combine(
    _ source: Span<UInt8>, _ plane: PixelPlane, rows: Range<Int>,
    into output: inout MutableSpan<UInt8>
  ) {
    guard let first = rows.first, let last = rows.last else { return }
    let channels = plane.channels
    precondition(plane.place(first, seen.lowerBound) >= 0)
    precondition(plane.place(last, seen.upperBound) <= source.count)
    precondition(rows.count * starts.count * channels <= output.count)
    source.withUnsafeBufferPointer { source in
      output.withUnsafeMutableBufferPointer { output in
        guard let source = source.baseAddress, var to = output.baseAddress else { return }
        for row in rows {
          if channels == 3 {
            combineColours(source + plane.place(row, 0), &to)
          } else {
            combineGrey(source + plane.place(row, 0), &to)
          }
        }
      }
    }
  }

  @inline(__always)
  private func combineColours(
    _ row: UnsafePointer<UInt8>, _ to: inout UnsafeMutablePointer<UInt8>
  ) {
    values.withUnsafeBufferPointer { values in
      for place in starts.indices {
        var from = row + 3 * starts[place]
        var (red, green, blue) = (half, half, half)
        for index in bounds[place]..<bounds[place + 1] {
          let weight = values[index]
          red &+= weight &* Int32(from[0])
          green &+= weight &* Int32(from[1])
          blue &+= weight &* Int32(from[2])
          from += 3
        }
        to[0] = rounded(red)
        to[1] = rounded(green)
        to[2] = rounded(blue)
        to += 3
      }
    }
  }

  @inline(__always)
  private func combineGrey(
    _ row: UnsafePointer<UInt8>, _ to: inout UnsafeMutablePointer<UInt8>
  ) {
    values.withUnsafeBufferPointer { values in
      for place in starts.indices {
        var from = row + starts[place]
        var sum = half
        for index in bounds[place]..<bounds[place + 1] {
          sum &+= values[index] &* Int32(from[0])
          from += 1
        }
        to[0] = rounded(sum)
        to += 1
      }
    }
  }

  /// Writes the new rows, each made of whole old ones.
  ///
  /// - Parameters:
  ///   - source: the old pixels, which stand in it as `plane` says.
  ///   - columns: which columns.
  ///   - sums: scratch, a number for each byte of a row.
  func stack(
    _ source: Span<UInt8>, _ plane: PixelPlane, columns: Range<Int>, _ sums: Buffer<Int32>,
    into output: inout MutableSpan<UInt8>
  ) {
    let width = columns.count * plane.channels
    precondition(plane.place(seen.lowerBound, columns.lowerBound) >= 0)
    precondition(plane.place(seen.upperBound - 1, columns.upperBound) <= source.count)
    precondition(starts.count * width <= output.count && width <= sums.count)
    source.withUnsafeBufferPointer { source in
      output.withUnsafeMutableBufferPointer { output in
        sums.withMutableSpan { sums in
          sums.withUnsafeMutableBufferPointer { sums in
            guard let source = source.baseAddress, var to = output.baseAddress,
              let sums = sums.baseAddress
            else { return }
            for row in starts.indices {
              var from = source + plane.place(starts[row], columns.lowerBound)
              for x in 0..<width { sums[x] = half }
              for weight in values[bounds[row]..<bounds[row + 1]] {
                for x in 0..<width { sums[x] &+= weight &* Int32(from[x]) }
                from += plane.stride
              }
              for x in 0..<width { to[x] = rounded(sums[x]) }
              to += width
            }
          }
        }
      }
    }
  }
}
