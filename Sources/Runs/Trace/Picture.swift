/// Pictures of what was recorded.
public enum Picture {
  /// Some cycles of a trace as an SVG document.
  ///
  /// - Parameters:
  ///   - path: a file that `train --trace` has written.
  ///   - cycles: counted through all epochs from 0; nil: two in the middle.
  public static func ofTrace(_ path: String, cycles: ClosedRange<Int>?) throws -> String {
    try TracePicture(DrawnTrace(path: path), path: path, cycles: cycles).svg
  }
}
