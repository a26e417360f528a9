import Storage

extension Profile {
  /// What a run has that this was not measured with, a sentence each; none: it fits.
  ///
  /// - Parameter wanted: names, what they are identified by, and samples of a mini-batch.
  public func differences(
    classes: Int, features: Int, update: String = "gradient",
    modalities wanted: [(name: String, identity: [String: String], batchSize: Int)]
  ) -> [String] {
    var found: [String] = []
    func compare(_ what: String, _ measured: some CustomStringConvertible, _ asked: String) {
      if "\(measured)" != asked {
        found.append("\(what): measured with \("\(measured)".legible()), now \(asked.legible())")
      }
    }
    compare("classes", head.classes, "\(classes)")
    compare("features", head.features, "\(features)")
    compare("head.update", head.update, update)
    for (name, identity, batchSize) in wanted {
      guard let own = modalities.first(where: { $0.name == name }) else {
        let names = modalities.map(\.name).listed
        found.append("modality \(name) was not measured, only \(names)")
        continue
      }
      compare("batch_size of \(name)", own.batchSize, "\(batchSize)")
      for key in Set(identity.keys).union(own.identity.keys).sorted() {
        compare("\(key) of \(name)", own.identity[key] ?? "nothing", identity[key] ?? "nothing")
      }
    }
    return found
  }
}
