import MLA
import Storage
import Tensors

/// Whether the arrays and options of a case fit each other: all that a run of it takes for granted.
///
/// A case comes from a file. What a run would trip over is refused before it begins.
struct CaseChecks {
  let oracle: OracleCase

  private var path: String { oracle.path }

  /// Larger numbers of anything are no case that was ever written.
  private static let most = 1 << 20

  /// Throws for the first thing that does not fit.
  func run() throws {
    try checkOptions()
    for modality in oracle.encoders.indices { try checkEncoder(modality) }
    if oracle.isAlternating {
      try check("init.head.W", has: [oracle.classCount, oracle.encoders[0].featureCount])
      try check("init.head.b", has: [oracle.classCount])
    }
    let sampleCount = try checkLabels("y")
    // Memory is taken for a whole mini-batch.
    try require(
      oracle.batchSize <= sampleCount, "batch", "\(oracle.batchSize)",
      "at most \(sampleCount), the training samples")
    try checkInputs("x", count: sampleCount, present: "present")
    try checkInputs("xt", count: try checkLabels("yt"), present: "present_t")
    if oracle.hasValidation {
      try checkInputs("xv", count: try checkLabels("yv"), present: "present_v")
    }
    try checkSteps(sampleCount: sampleCount)
  }

  private func checkInputs(_ prefix: String, count: Int, present: String) throws {
    for (modality, encoder) in oracle.encoders.enumerated() {
      try check("\(prefix)\(modality)", has: [count, encoder.inputShape.elementCount])
    }
    _ = try oracle.file.array(present).integers()
    try check(present, has: [count, oracle.modalityCount])
  }

  // MARK: - Options

  private func checkOptions() throws {
    try require(!oracle.encoders.isEmpty, "modalities", "none", "one or more")
    let featureCount = oracle.encoders[0].featureCount
    for (modality, encoder) in oracle.encoders.enumerated() {
      try require(
        encoder.featureCount == featureCount, "modalities[\(modality)]",
        counted(encoder.featureCount, "feature"), "\(featureCount), as of the first")
    }
    for (option, value) in [
      ("classes", oracle.classCount), ("batch", oracle.batchSize), ("epochs", oracle.epochs),
      ("fusion: batch", oracle.fusionBatchSize),
      ("optimizer: decay_epoch", min(oracle.optimizer.decayEpoch ?? 1, Self.most)),
    ] {
      try require(
        1...Self.most ~= value, option, "\(value)", "a whole number from 1 to \(Self.most)")
    }
    let (hgm, optimizer) = (oracle.hgm, oracle.optimizer)
    try require(
      hgm.lambda > 0 && hgm.lambda.isFinite, "hgm: lambda", "\(hgm.lambda)", "a number above 0")
    try require(
      0..<1 ~= hgm.forget, "hgm: forget", "\(hgm.forget)", "a number from 0 and below 1")
    for (option, value) in [
      ("lr", optimizer.learningRate), ("momentum", optimizer.momentum),
      ("weight_decay", optimizer.weightDecay), ("decay_factor", optimizer.decayFactor),
      ("head_lr_scale", oracle.headLearningRateScale),
    ] {
      try require(
        0...1e6 ~= value, "optimizer: \(option)", "\(value)", "a number from 0 to 1000000")
    }
    guard let weights = oracle.fixedWeights else { return }
    let count = oracle.modalityCount
    try require(
      weights.count == count, "fusion: fixed_weights", counted(weights.count, "number"),
      counted(count, "number"))
    try require(
      weights.allSatisfy { 0...1e6 ~= $0 } && weights.contains { $0 > 0 }, "fusion: fixed_weights",
      "\("\(weights)".legible())", "numbers from 0 to 1000000, one of them above 0")
  }

  private func checkEncoder(_ modality: Int) throws {
    for (index, shape) in oracle.encoders[modality].parameterShapes.enumerated() {
      try check("init.enc\(modality).p\(index)", has: shape)
    }
  }

  private func require(
    _ holds: Bool, _ option: String, _ found: String, _ expected: String
  ) throws {
    guard holds else {
      throw FileError(path, "\(option): found \(found), expected \(expected)")
    }
  }

  // MARK: - Arrays

  /// Throws where an array has another number of values than these axes together.
  private func check(_ name: String, has axes: [Int]) throws {
    let array = try oracle.file.array(name)
    guard let expected = axes.product(), array.count == expected else {
      let product = axes.map(String.init).joined(separator: " x ")
      throw FileError(
        array.place, "has \(counted(array.count, "value")), but the case's options need \(product)")
    }
  }

  /// - Returns: the number of samples.
  private func checkLabels(_ name: String) throws -> Int {
    let labels = try oracle.file.array(name).integers()
    try check(labels, of: name, in: 0..<oracle.classCount)
    guard !labels.isEmpty else { throw FileError("\(path):\(name)", "has no samples") }
    return labels.count
  }

  private func check(_ values: [Int], of name: String, in range: Range<Int>) throws {
    guard let place = values.firstIndex(where: { !range.contains($0) }) else { return }
    throw FileError(
      "\(path):\(name)",
      "value \(place) is \(values[place]), expected \(range.lowerBound) to \(range.upperBound - 1)")
  }

  /// The turns: each has its epoch, mini-batch and modality, and rows that are samples.
  private func checkSteps(sampleCount: Int) throws {
    let epochs = try oracle.file.array("step.epoch").integers()
    let stepCount = epochs.count
    let batches = try oracle.file.array("step.n_batches").integers()
    try check(epochs, of: "step.epoch", in: 0..<oracle.epochs)
    guard let batchCount = batches.first, batchCount > 0,
      [oracle.epochs, batchCount, oracle.modalityCount].product() == stepCount
    else {
      throw FileError(
        "\(path):step.n_batches",
        "does not make \(counted(stepCount, "step")) of \(oracle.epochs) epochs and"
          + " \(oracle.modalityCount) modalities")
    }
    for (name, limit) in [("step.batch", batchCount), ("step.modality", oracle.modalityCount)] {
      try check(name, has: [stepCount])
      try check(try oracle.file.array(name).integers(), of: name, in: 0..<limit)
    }
    try checkRows(stepCount: stepCount, sampleCount: sampleCount)
    try checkPresence()
  }

  /// Every row of a step is there.
  private func checkPresence() throws {
    let roster = try oracle.roster("present")
    let modalities = try oracle.file.array("step.modality").integers()
    let offsets = try oracle.file.array("step.offset").integers()
    let rows = try oracle.file.array("step.rows").integers()
    for (step, modality) in modalities.enumerated() {
      for place in offsets[step]..<offsets[step + 1]
      where !roster.has(rows[place], modality: modality) {
        throw FileError(
          "\(path):step.rows",
          "value \(place) is \(rows[place]), a sample that modality \(modality) does not have")
      }
    }
  }

  private func checkRows(stepCount: Int, sampleCount: Int) throws {
    let rows = try oracle.file.array("step.rows").integers()
    try check(rows, of: "step.rows", in: 0..<sampleCount)
    try check("step.offset", has: [stepCount + 1])
    let offsets = try oracle.file.array("step.offset").integers()
    try check(offsets, of: "step.offset", in: 0..<rows.count + 1)
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      guard 0...oracle.batchSize ~= end - start else {
        throw FileError(
          "\(path):step.offset",
          "has a step from row \(start) to \(end), expected at most \(oracle.batchSize) rows forward"
        )
      }
    }
  }
}
