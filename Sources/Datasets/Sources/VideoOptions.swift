/// Options of `video`: some frames of each clip, `[frames, height, width, channels]`.
public struct VideoOptions: Sendable, Equatable {
  /// Which frames of a clip a sample shows.
  public var pick = FramePick()
  /// How many frames a second of a film stand for it before any is picked, as its authors' scripts took
  /// them: every `Int(rate / framesPerSecond)`th; nil: all. Folders of frames are taken as they are.
  public var framesPerSecond: Double? = 1
  /// Whether the frames of a sample are cut, mirrored and coloured alike; else each on its own.
  public var varyTogether = false
  /// What becomes of each frame, and the files.
  public var picture = PictureOptions()

  /// Three frames of one a second, without files.
  public init() {}
}
