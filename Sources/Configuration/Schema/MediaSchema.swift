import Datasets

/// The keys of `data` that say how files are loaded which are samples.
enum MediaSchema {
  static let fields: [Field<MediaPolicy>] = [
    Field(
      "cache", \.cacheFolder, Codec<String>.folder.orNull,
      "a folder in which what takes long to decode (films, by the program ffmpeg) is kept, relative as "
        + "`root` is; null: there is none, and films are refused"),
    Field(
      "loaders", \.loaders, .whole(0...256),
      "threads on each worker that decode files ahead, one to three mini-batches; 0: the rank itself, when"
        + " it needs them; no number depends on it"),
    Field(
      "memory", \.memoryMebibytes, .whole(0...16_777_216),
      "MiB on each worker for decoded files that are kept; what does not fit is decoded again in every"
        + " epoch"),
    Field(
      "on_broken", \.onBroken, .choice,
      "what becomes of a listed file that cannot be decoded: the run is refused, or its sample is without"
        + " the modality"),
    Field(
      "on_missing", \.onMissing, .choice,
      "what becomes of a listed file that is not there: the run is refused, or its sample is without the"
        + " modality"),
  ]
}
