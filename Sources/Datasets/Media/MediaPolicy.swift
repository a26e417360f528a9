/// How files that are samples are opened and loaded.
public struct MediaPolicy: Sendable, Equatable {
  /// What becomes of listed files that cannot be used.
  public enum BrokenFiles: String, Sendable, CaseIterable {
    /// The run is refused.
    case refuse
    /// Their samples are without this modality; they are counted and listed.
    case skip
  }

  /// What becomes of listed files that are not there.
  public enum MissingFiles: String, Sendable, CaseIterable {
    /// The run is refused.
    case refuse
    /// Their samples are without this modality.
    case absent
  }

  /// The folder for what takes long to decode; nil: such files are refused.
  public var cacheFolder: String?
  /// The threads that load mini-batches ahead, beside the rank's own; 0: it loads them itself.
  public var loaders = 1
  /// The memory of a rank that decoded samples may take, in MiB.
  public var memoryMebibytes = 2_048
  /// What becomes of files that cannot be decoded.
  public var onBroken = BrokenFiles.refuse
  /// What becomes of files that are not there.
  public var onMissing = MissingFiles.refuse

  /// The paths of the files that another rank has left out, after it has looked at all of them; nil: this
  /// rank looks itself.
  public var leftOut: Set<String>?

  /// The same in bytes.
  var memoryByteCount: Int { memoryMebibytes << 20 }

  /// One loader, 2 GiB, and everything is refused that is not as listed.
  public init() {}
}
