import Storage
import Tensors

/// Samples that are files: decoded when they are needed, ahead of time, or kept where they fit.
public struct MediaSource: SampleSource {
  /// One id a sample.
  public var ids: [String] { items.map(\.id) }
  /// One label a sample, from 0.
  public var labels: [Int] { items.map(\.label) }
  /// The shape of every sample.
  public let sampleShape: Shape
  /// The files.
  public let items: [MediaItem]

  private let makePreparer: @Sendable () throws -> any SamplePreparer
  private let preparer: any SamplePreparer

  /// The samples of `items`, made by preparers like those of `makePreparer`.
  public init(
    _ items: [MediaItem], _ makePreparer: @escaping @Sendable () throws -> any SamplePreparer
  ) throws {
    self.items = items
    self.makePreparer = makePreparer
    preparer = try makePreparer()
    sampleShape = preparer.sampleShape
  }

  /// Decodes a file and makes the sample that evaluation sees.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) throws {
    var nothing: SeededGenerator?
    try preparer.prepare(preparer.decode(items[index]), random: &nothing, into: &destination)
  }
}

extension ModalityData {
  /// Opens both splits of a kind of media.
  ///
  /// - Parameters:
  ///   - train: the training files: manifests with columns `id,label,path`, or folders with a folder for
  ///     each class.
  ///   - test: the same of the test files; empty: there are none.
  static func open(
    train: [String], test: [String], root: String, classes: [String],
    _ makePreparer: @escaping @Sendable () throws -> any SamplePreparer
  ) throws -> ModalityData {
    func split(_ paths: [String]) throws -> any SampleSource {
      if paths.isEmpty { return EmptySource(sampleShape: try makePreparer().sampleShape) }
      let manifest = try Manifest.load(paths: paths, root: root, classes: classes, column: .path)
      let items = manifest.rows.map {
        MediaItem(
          id: $0.id, label: $0.label, path: InputFile.resolve($0.value, root: root),
          place: $0.place)
      }
      return try MediaSource(items, makePreparer)
    }
    return try ModalityData(train: split(train), test: split(test))
  }
}
