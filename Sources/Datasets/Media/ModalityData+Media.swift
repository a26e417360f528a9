import Glibc
import Storage
import Tensors

extension ModalityData {
  /// Opens both splits of a kind of media: lists the files, looks at each of them, and keeps in memory
  /// what there is room for.
  ///
  /// - Parameters:
  ///   - train: the training files: manifests with columns `id,label,path`, or folders with a folder for
  ///     each class; empty: only test files are looked at.
  ///   - test: the same of the test files; empty: there are none.
  ///   - makePreparer: makes what one thread decodes with. Throws where the options do not fit together.
  static func open(
    train: [String], test: [String], root: String, classes: [String], policy: MediaPolicy,
    _ makePreparer: @escaping @Sendable () throws -> any SamplePreparer
  ) throws -> ModalityData {
    let shape = try makePreparer().sampleShape
    let budget = MemoryBudget(byteCount: policy.memoryByteCount)
    var opening = MediaOpening(policy)
    if let both = train.first(where: test.contains) {
      throw FileError(
        both, "is listed for training and for test; give each its own, or leave one of them out")
    }
    let lists = try [(train, "train"), (test, "test")].map { paths, split in
      paths.isEmpty
        ? []
        : try opening.present(
          MediaListing.items(paths, root: root, classes: classes, split: split)
            .filter { policy.leftOut?.contains($0.path) != true })
    }
    let looks = try lists.map {
      policy.leftOut != nil
        ? MediaInspection(unseen: $0, within: budget)
        : try MediaInspection($0, threads: policy.loaders, within: budget, makePreparer)
    }
    try opening.judge(looks.flatMap(\.bad), of: lists[0].count + lists[1].count)
    for (look, split) in zip(looks, [("training", train), ("test", test)]) where look.good.isEmpty {
      guard !split.1.isEmpty else { continue }
      throw FileError(
        split.1.joined(separator: ", "),
        "leaves no \(split.0) sample, since none of the listed files can be used: "
          + (opening.leftOut.first.map { "\($0.path) \($0.problem)" } ?? "none is listed"))
    }
    func source(_ look: MediaInspection) throws -> any SampleSource {
      if look.good.isEmpty { return EmptySource(sampleShape: shape) }
      let files = MediaFiles(
        look.good.map(\.item), slots: look.good.map(\.slot), look.cache, makePreparer)
      return try MediaSource(files, sampleShape: shape)
    }
    return ModalityData(
      train: try source(looks[0]), test: try source(looks[1]), warnings: opening.warnings,
      leftOut: opening.leftOut)
  }
}

/// What becomes of listed files that are not there or cannot be used.
private struct MediaOpening {
  private(set) var leftOut: [LeftOutFile] = []
  private(set) var warnings: [String] = []
  private let policy: MediaPolicy

  init(_ policy: MediaPolicy) { self.policy = policy }

  /// The items whose files are there. Throws where others are not, unless the policy lets them go.
  mutating func present(_ items: [MediaItem]) throws -> [MediaItem] {
    let missing = items.filter { access($0.path, F_OK) != 0 && errno == ENOENT }
    guard let first = missing.first else { return items }
    guard policy.onMissing == .absent else {
      throw FileError(
        first.path,
        "no such file (listed at \(first.place))\(Self.more(missing.count, of: items.count)); "
          + "--set data.root=DIR says where relative paths start, and data.on_missing: absent trains"
          + " such samples without this modality", isOfMissingFile: true)
    }
    leftOut += missing.map { LeftOutFile(id: $0.id, path: $0.path, problem: "no such file") }
    warnings.append(
      "\(missing.count) of \(items.count) listed files are not there, and their samples are without it"
        + " (data.on_missing: absent); the first is \(first.path)")
    let gone = Set(missing.map(\.id))
    return items.filter { !gone.contains($0.id) }
  }

  /// Throws where files cannot be used, unless the policy lets them go.
  mutating func judge(
    _ broken: [(item: MediaItem, error: FileError)], of count: Int
  ) throws {
    guard let (item, error) = broken.first else { return }
    guard policy.onBroken == .skip else {
      let others = broken.dropFirst().prefix(4).map { "; \($0.error)" }.joined()
      throw FileError(
        error.place,
        "\(error.problem) (listed at \(item.place))\(others)"
          + Self.more(broken.count, of: count)
          + (broken.count > 1 ? "; data.on_broken: skip leaves such files out" : ""),
        isOfMissingFile: error.isOfMissingFile)
    }
    leftOut += broken.map {
      LeftOutFile(id: $0.item.id, path: $0.item.path, problem: $0.error.problem)
    }
    warnings.append(
      "\(broken.count) of \(count) listed files cannot be used, and their samples are without it"
        + " (data.on_broken: skip); the first: \(error)")
  }

  private static func more(_ count: Int, of all: Int) -> String {
    count > 1 ? "; \(count) of \(all) listed files are so" : ""
  }
}
