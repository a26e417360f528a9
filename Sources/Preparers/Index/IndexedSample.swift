/// One sample as a set's label files list it: nothing of it has been looked at.
struct IndexedSample {
  /// The sample's id, the same in all media.
  let id: String
  /// The name of its class.
  let label: String
  /// Whose it is: samples of one group are alike, so a leak-free split keeps them together.
  let group: String
  /// The part that the set's own files put it into, if they do.
  var part: Part?
  /// Where each medium of it should be.
  var contents: [Medium: Content]
  /// Where it is listed, as `file:line`.
  let place: String
}

/// Where one medium of a sample should be.
enum Content: Equatable {
  /// A file, or for a video also a folder of pictures: the first of these paths at which something is.
  /// Paths are relative to the set's folder, or absolute.
  case path([String], cut: Cut? = nil)
  /// The text itself.
  case text(String)
  /// A file whose whole content is the text, and whether that is cleaned as MMBT's authors do.
  case textFile([String], isCleaned: Bool = false)
}

/// Which piece of a longer film a sample is.
struct Cut: Equatable {
  /// In seconds, as the set's files write them.
  let start: String
  let end: String
  /// The half of the picture to look at: `left`, `right` or `both`.
  let half: String
}
