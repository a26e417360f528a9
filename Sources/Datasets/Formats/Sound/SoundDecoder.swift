/// What turns the bytes of an open sound file into frames.
protocol SoundDecoder: AnyObject {
  /// Frames per second.
  var sampleRateHertz: Int { get }
  /// Samples per frame.
  var channelCount: Int { get }
  /// The number of frames; nil where only decoding tells.
  var frameCount: Int? { get }

  /// Writes the next frames, at most `count`, to `block`; returns their number, 0 at the end.
  func read(_ block: inout MutableSpan<Float>, frames count: Int) throws -> Int
  /// Why decoding has ended after `frames`; nil: because that was all.
  func endProblem(after frames: Int) -> String?
}
