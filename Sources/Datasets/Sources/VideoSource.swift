/// Clips, a folder of frames or a film each.
enum VideoSource {
  /// Opens the clips of both splits; the frames of films are decoded into the cache's folder.
  static func open(
    _ options: VideoOptions, root: String, classes: [String], media policy: MediaPolicy
  ) throws -> ModalityData {
    let cache = policy.cacheFolder.map { MediaCache(folder: $0) }
    return try .open(
      train: options.picture.train, test: options.picture.test, root: root, classes: classes,
      policy: policy
    ) {
      VideoPreparer(options, cache: cache)
    }
  }
}
