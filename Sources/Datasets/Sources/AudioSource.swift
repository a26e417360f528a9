/// Sounds, one file a sample.
public enum AudioSource {
  /// Opens the sound files of both splits; the sound of films is decoded into the cache's folder.
  public static func open(
    _ options: AudioOptions, root: String, classes: [String], media policy: MediaPolicy = .init()
  ) throws -> ModalityData {
    let cache = policy.cacheFolder.map { MediaCache(folder: $0) }
    return try .open(
      train: options.train, test: options.test, root: root, classes: classes, policy: policy
    ) {
      try SoundPreparer(options, cache: cache)
    }
  }
}
