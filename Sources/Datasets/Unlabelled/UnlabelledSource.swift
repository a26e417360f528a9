import Storage
import Tensors

/// Samples without labels as a source, prepared as the modality's samples were in training.
public enum UnlabelledSource {
  /// Opens the samples that `input` names. Files are looked at when it is their turn.
  ///
  /// - Parameters:
  ///   - options: how the modality's samples are prepared; its files are not looked at.
  ///   - sampleShape: the axes of one sample as the encoder sees it.
  ///   - tokeniser: what makes numbers of texts; nil where samples are no texts.
  ///   - media: where the cache of films is.
  /// - Throws: `FileError` where there are no such samples, or they are of another kind or shape.
  public static func open(
    _ input: UnlabelledInput, as options: SourceOptions, sampleShape: Shape,
    tokeniser: (any Tokeniser)?, media: MediaPolicy
  ) throws -> any SampleSource {
    switch options {
    case .synthetic, .arrays: return try arrays(input, sampleShape)
    case .idx(let options): return try idx(input, options)
    case .text(let options):
      guard let tokeniser else { preconditionFailure("texts have a tokeniser") }
      return try texts(input, options, tokeniser)
    case .images(let options): return try files(input, .pictures) { PicturePreparer(options) }
    case .audio(let options):
      return try files(input, .sounds) { try SoundPreparer(options, cache: cache(media)) }
    case .video(let options):
      return try files(input, nil) { VideoPreparer(options, cache: cache(media)) }
    }
  }

  private static func cache(_ media: MediaPolicy) -> MediaCache? {
    media.cacheFolder.map { MediaCache(folder: $0) }
  }

  private static func arrays(
    _ input: UnlabelledInput, _ sampleShape: Shape
  ) throws -> any SampleSource {
    switch input {
    case .values(let values): return try MemoryRows(values, sampleShape: sampleShape)
    case .file(let path): return try ArrayRows(path, sampleShape: sampleShape, isOne: true)
    case .text(let text): throw unfit(text, "a file", "a .npy file or an array file.npz:name")
    case .listed(let path, let ids, _):
      guard !path.hasSuffix(".csv") else {
        throw FileError(
          path,
          "is a manifest, but this modality's samples are rows of an array: name the array, and the manifest as its ids"
        )
      }
      let rows = try ArrayRows(path, sampleShape: sampleShape)
      return try ids.map { try NamedRows(rows, namedBy: $0, of: path) } ?? rows
    }
  }

  private static func idx(
    _ input: UnlabelledInput, _ options: ImageOptions
  ) throws -> any SampleSource {
    guard case .listed(let path, let ids, _) = input else {
      throw FileError(
        "the samples", "are no IDX file, which this modality's samples come in; name one")
    }
    let images = try ImageSource(
      .init(images: path), root: "", classes: nil, resize: options.resize)
    return try ids.map { try NamedRows(images, namedBy: $0, of: path) } ?? images
  }

  private static func texts(
    _ input: UnlabelledInput, _ options: TextOptions, _ tokeniser: any Tokeniser
  ) throws -> any SampleSource {
    let rows: TextRows
    switch input {
    case .text(let text): rows = TextRows(text, id: UnlabelledInput.singleID)
    case .file(let path): rows = try TextRows(file: path, id: UnlabelledInput.singleID, options)
    case .values: throw unfit("numbers", "numbers", "texts")
    case .listed(let path, let ids, let root):
      try refuse(ids)
      rows = try TextRows([path], options, root: root ?? path.folderOfPath, classes: nil)
    }
    let source = try TextSource(rows, tokeniser, options)
    guard !source.ids.isEmpty else {
      throw FileError(
        rows.rows.first?.file ?? "the texts", "holds no text with a token (empty: missing)")
    }
    return source
  }

  private static func files(
    _ input: UnlabelledInput, _ endings: MediaEndings?,
    _ makePreparer: @escaping @Sendable () throws -> any SamplePreparer
  ) throws -> any SampleSource {
    let items: [MediaItem]
    switch input {
    case .file(let path):
      items = [
        MediaItem(id: UnlabelledInput.singleID, label: 0, path: path, place: "the command line")
      ]
    case .text(let text): throw unfit(text, "a text", "a file")
    case .values: throw unfit("numbers", "numbers", "files")
    case .listed(let path, let ids, let root):
      try refuse(ids)
      items =
        MediaListing.isFolder(path)
        ? try MediaListing.files(in: path, endings: endings)
        : try Manifest.load(
          paths: [path], root: root ?? path.folderOfPath, classes: nil, column: .path
        ).rows.map {
          MediaItem(
            id: $0.id, label: 0,
            path: InputFile.resolve($0.value, root: root ?? path.folderOfPath), place: $0.place)
        }
    }
    // Every sample is seen once: nothing is worth keeping.
    let cache = DecodedCache(count: items.count, within: MemoryBudget(byteCount: 0))
    let files = MediaFiles(items, slots: Array(items.indices), cache, makePreparer)
    return try MediaSource(files, sampleShape: makePreparer().sampleShape)
  }

  private static func refuse(_ ids: String?) throws {
    guard let ids else { return }
    throw FileError(
      ids, "names rows of an array, but this modality's samples come with ids of their own")
  }

  private static func unfit(_ found: String, _ kind: String, _ expected: String) -> FileError {
    FileError("'\(found.prefix(40).description.legible())'", "is \(kind), expected \(expected)")
  }
}
