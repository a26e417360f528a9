import Datasets

/// The keys of `video`.
enum VideoSchema {
  static let variant = Variant(
    "video", video, initial: VideoOptions(), wrap: SourceOptions.video,
    unwrap: { if case .video(let options) = $0 { options } else { nil } },
    "Some frames of each clip: a folder of pictures, or a film, which the program ffmpeg decodes once "
      + "into `data.cache`. Frames are then pictures as with `images`. "
      + "[data-video.md](data-video.md) has every step.")

  private static let video = Section<VideoOptions>(
    fields: frames
      + (PictureSchema.framing + PictureSchema.changes + PictureSchema.values).map {
        $0.within(\.picture)
      },
    check: { options, node, scope in try PictureSchema.check(options.picture, node, scope) })

  private static let frames: [Field<VideoOptions>] = [
    Field(
      "train", \.picture.train, .paths(1...64), isRequired: true,
      "CSV files with columns `id,label,path`, paths relative to `data.root`, of films or of folders of "
        + "frames; or folders with a folder for each class"),
    Field(
      "test", \.picture.test, .paths(0...64), "the same for test samples; `[]`: there are none"),
    Field(
      "frames", \.pick.count, .count(to: 1_024),
      "how many frames a sample has, one out of each of so many equal parts of the clip"),
    Field(
      "pick", \.pick.place, .choice,
      "which frame of a part: in training any and in evaluation the middle one, or always the middle or "
        + "the first one"),
    Field(
      "frames_per_second", \.framesPerSecond, Codec<Double>.number(above: 0, to: 1_000).orNull,
      "films: the frames that there are to pick from, every n-th, where n is the film's rate divided by "
        + "this and rounded down; null: all. Folders are taken as they are"),
    Field(
      "vary_together", \.varyTogether, .toggle,
      "whether training cuts, mirrors and colours all frames of a sample alike, or each on its own"),
  ]
}
