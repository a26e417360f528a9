import Plots
import Runs

/// Curves over the epochs.
extension RunPage {
  /// Loss, learning rate and the state of the head.
  var curves: [Block] {
    let plots = [trainingLoss, learningRate, gradientRatio, projectorNorm, weightNorm]
    let pictures = plots.compactMap { $0 }
    return pictures.isEmpty ? [] : [.beside(pictures)]
  }

  /// How accurate each modality and the fusion were, epoch by epoch.
  var accuracyPicture: Block? {
    let evaluated = run.epochs.filter { !$0.modalities.isEmpty || !$0.fused.isEmpty }
    let lines = names.map { name in
      curve(name, palette[name], evaluated) { line in
        line.modalities[name]?.accuracy.map { $0 * 100 }
      }
    }
    let fused = run.followed.map { kind in
      curve(kind == run.primary ? "fused" : "fused by \(kind)", .ink, evaluated) {
        $0.fused[kind]?.accuracy.map { $0 * 100 }
      }
    }
    let splits = Set(evaluated.compactMap(\.split))
    // The last line of a run may be of another split than the others.
    let note =
      splits.count > 1
      ? "On the validation split; the last point is on the test split."
      : "On the \(splits.first ?? "evaluated") split."
    let mark = keptEpoch.map { epoch in
      " The upright line is epoch \(epoch), whose weights were kept."
    }
    return plot(
      "Accuracy", "per cent", [fused].compactMap { $0 } + lines,
      "\(note) Each modality's line is what it predicts by itself.\(mark ?? "")", from: 0)
  }

  private var trainingLoss: Block? {
    let told = run.epochs.reduce(into: Set<String>()) { $0.formUnion($1.training.keys) }
    let order = names.filter(told.contains) + told.filter { !names.contains($0) }.sorted()
    return plot(
      "Training loss", "nats",
      order.map { name in curve(name, palette[name], run.epochs) { $0.training[name]?.loss } },
      "Mean cross-entropy of the mini-batches, each at the time of its step.", from: 0)
  }

  /// How sure each modality and the fusion were of what is right, epoch by epoch.
  var evaluatedLoss: Block? {
    var lines = names.map { name in
      curve(name, palette[name], run.epochs) { $0.modalities[name]?.loss }
    }
    if let kind = run.followed {
      lines.insert(curve("fused", .ink, run.epochs) { $0.fused[kind]?.loss }, at: 0)
    }
    return plot(
      "Loss on the evaluated split", "nats", lines,
      "Where it rises while the training loss falls, a modality learns its training samples by heart.",
      from: 0)
  }

  private var learningRate: Block? {
    let told = run.epochs.reduce(into: Set<String>()) { $0.formUnion($1.learningRates.keys) }
    let order = names.filter(told.contains) + told.filter { !names.contains($0) }.sorted()
    return plot(
      "Learning rate", "",
      order.map { name in
        curve(name, palette[name], run.epochs) { $0.learningRates[name] }
      }, "At the end of each epoch; black is the head's.", from: 0)
  }

  private var gradientRatio: Block? {
    plot(
      "What the projection lets through", "|G'| / |G|",
      [curve("", .ink, run.epochs) { $0.gradientRatio }],
      "The median over the epoch's turns. Near 0 the head stands still: it has learned all directions that features take.",
      from: 0)
  }

  private var projectorNorm: Block? {
    let count = run.epochs.map(\.projectorNorms.count).max() ?? 0
    let isOfModalities = count == names.count && count > 1
    return plot(
      "Norm of the projector P", "||P||, Frobenius",
      (0..<min(count, 64)).map { place in
        curve(
          isOfModalities ? names[place] : count == 1 ? "" : "P \(place + 1)",
          isOfModalities ? palette[place] : .ink, run.epochs
        ) {
          place < $0.projectorNorms.count ? $0.projectorNorms[place] : nil
        }
      }, "It falls as directions are taken.", from: 0)
  }

  private var weightNorm: Block? {
    plot(
      "Norm of the head's weights", "||W||, Frobenius",
      [curve("", .ink, run.epochs) { $0.weightNorm }], "", from: 0)
  }

  /// The epoch whose weights were kept, where it is not the last one.
  private var keptEpoch: Int? {
    guard let kept = run.summary?["kept"]?["epoch"]?.count, let last = run.epochs.last?.epoch,
      0..<last ~= kept
    else { return nil }
    return kept
  }

  /// A line over the epochs; where there is nothing to tell there is no point.
  func curve(
    _ name: String, _ colour: Colour, _ epochs: [EpochLine], _ value: (EpochLine) -> Double?
  ) -> LinePlot.Series {
    LinePlot.Series(
      Shown.plain(name),
      epochs.compactMap { line in value(line).map { .init(Double(line.epoch), $0) } },
      colour: colour)
  }

  /// A picture of lines; nil: none of them has a point.
  func plot(
    _ title: String, _ measure: String, _ lines: [LinePlot.Series], _ caption: String,
    from least: Double? = nil
  ) -> Block? {
    Self.plot(title, measure, lines, caption, from: least, mark: keptEpoch)
  }

  /// The same, for pages of several runs.
  static func plot(
    _ title: String, _ measure: String, _ lines: [LinePlot.Series], _ caption: String,
    from least: Double? = nil, mark: Int? = nil
  ) -> Block? {
    let lines = lines.filter { series in series.points.contains { $0.least.isFinite } }
    guard !lines.isEmpty else { return nil }
    let lowest = lines.flatMap(\.points).map(\.least).filter(\.isFinite).min() ?? 0
    let last = lines.flatMap(\.points).map(\.place).max() ?? 1
    return .picture(
      LinePlot(
        title, x: Axis("epoch", counting: Int(last)),
        y: Axis(measure, from: min(least ?? lowest, lowest), to: lines.map(\.largest).max() ?? 1),
        series: lines, mark: mark.map(Double.init)
      ).picture, caption)
  }
}
