import Methods

extension RunConfiguration {
  /// Whether workers send the factors of the head's gradient: where that was asked for, and is less than the
  /// product.
  public var sendsFactors: Bool {
    headUpdate == .factors
      && HeadUpdateForm.factorsPay(
        classCount: classes.count, featureCount: features, sampleCount: batchSize)
  }

  /// What crosses between the coordinator and a modality because of `head.update`, and why; nil where nothing
  /// but gradients was asked for.
  public var headUpdateNote: String? {
    guard headUpdate == .factors else { return nil }
    let sizes = "\(batchSize) samples, \(features) features and \(classes.count) classes"
    return sendsFactors
      ? "head.update is factors: the features of every training sample go to the coordinator"
      : "head.update is factors, but with \(sizes) a gradient is less than its factors, so that gradients are sent"
  }

  /// What is to be said of features that cross; nil: none do.
  public var featuresNote: String? {
    guard method.demands.sendsFeatures else { return headUpdateNote }
    return
      "method is \(method.kind): features of every training and every evaluated sample, or projections of them, go to the coordinator"
  }

  /// What is to be said of a run's method before it begins: what crosses, and what it leaves undone.
  public var methodNotes: [String] {
    let remark = method.method.remark(
      modalities: modalities.map(\.name), order: order, epochs: epochs)
    return [featuresNote, remark.map { "method is \(method.kind): \($0)" }].compactMap(\.self)
  }

  /// What each modality sends of a sample.
  public var sentValues: [SentValues] {
    method.method.sentValues(modalityCount: modalities.count, featureCount: features)
  }

  /// How many numbers that is.
  public var sentWidths: [Int] {
    sentValues.map { $0.width(classCount: classes.count, featureCount: features) }
  }

  /// What a mini-batch of a modality sends.
  public func traffic(sampleCount: Int) -> Traffic {
    sendsFactors
      ? AlternatingAdaptation.factorTraffic(
        classCount: classes.count, featureCount: features, sampleCount: sampleCount)
      : method.method.traffic(
        modalityCount: modalities.count, classCount: classes.count, featureCount: features,
        sampleCount: sampleCount)
  }
}
