import Configuration
import Exchange
import MLA
import Tensors

/// What came back from the workers at an epoch's end.
struct EpochEnd {
  /// How well the model does; nil where the directive asks for no evaluation.
  let evaluation: Evaluation?
  /// The same on the validation split, where that is another.
  let validation: Evaluation?
  /// What an epoch is judged by: the validation split, if there is one, with the fusions of every epoch, no pool that
  /// was fitted to it at the end.
  let judged: Evaluation?
  /// The pool that was fitted, or was there before; nil: there is none.
  let fusion: FittedFusion?
  /// One of each worker.
  let reports: [WorkerReport]
  /// The logits of the split, where they are kept.
  let logits: KeptLogits?

  /// Gathers what the workers give at the end of a directive.
  ///
  /// - Parameter fusion: a pool that was fitted before, where none is fitted now.
  init(
    _ directive: Directive, _ session: CoordinatorSession, team: Team,
    method: any CoordinatorMethod, fusion: FittedFusion? = nil
  ) throws {
    let (endpoint, leaders, epoch) = (session.endpoint, session.layout.leaders, directive.epoch)
    if !directive.evaluations.isEmpty, let head = method.evaluatedHead {
      for leader in leaders {
        try endpoint.send(EvaluatedHead(head), number: epoch, to: leader)
      }
    }
    if !directive.evaluations.isEmpty { try method.beginEvaluation(epoch) }
    let prediction = method.prediction
    let headCount = session.configuration.method.evaluatedHeadCount
    // Of each modality what each of its heads says.
    func heads(_ split: EvaluatedSplit, _ count: Int) throws -> [[ModalityLogits]] {
      try leaders.enumerated().map { modality, leader in
        try Self.receiveLogits(
          of: modality, from: leader, team.roster.rosters[split], epoch: epoch, session,
          heads: count, adding: count == headCount ? prediction?.share(of: modality) : nil)
      }
    }
    // What each modality is judged by alone.
    func own(_ found: [[ModalityLogits]]) -> [ModalityLogits] {
      found.enumerated().map { prediction?.alone($0, $1[0]) ?? $1[0] }
    }
    func evaluated(
      _ split: EvaluatedSplit, _ found: [[ModalityLogits]], pool: RobustPool?
    ) throws -> Evaluation {
      try Trace.span("evaluate") {
        try Evaluation(
          split: split, logits: own(found), parts: found.map { $0[headCount - 1] },
          labels: team.roster.labels(of: split), configuration: session.configuration,
          prediction: prediction, pool: pool)
      }
    }
    let heldOut =
      directive.evaluations.contains(.validation) ? try heads(.validation, headCount) : nil
    if let heldOut, directive.fitsFusion {
      let sound = own(heldOut)
      let shuffled =
        session.configuration.fusion.usesDetector
        ? own(try heads(.validation, 1)) : nil
      self.fusion = try Trace.span("fit fusion") {
        try FittedFusion(
          sound, shuffled: shuffled, labels: team.roster.labels(of: .validation),
          trainLabels: team.roster.trainLabels, configuration: session.configuration)
      }
    } else {
      self.fusion = fusion
    }
    let pool = self.fusion?.fit.pool
    var kept: [EvaluatedSplit: KeptLogits.Told] = [:]
    evaluation = try directive.evaluate.map { split in
      let known = split == .validation ? heldOut : nil
      let found = try known ?? heads(split, headCount)
      var told = KeptLogits.Told(found, alone: own(found))
      if directive.keepsLogits, split == .test {
        told.centres = try Self.receiveCentres(team.roster.rosters.test, epoch: epoch, session)
        for kind in session.configuration.evaluation.spoilt {
          let spoilt = try heads(split, headCount)
          told.spoilt[kind] = KeptLogits.Told(spoilt, alone: own(spoilt))
        }
      }
      kept[split] = told
      return try evaluated(split, found, pool: pool)
    }
    validation = try heldOut.flatMap {
      directive.evaluate == .test ? try evaluated(.validation, $0, pool: pool) : nil
    }
    judged =
      if let heldOut, pool != nil, pool != fusion?.fit.pool {
        try evaluated(.validation, heldOut, pool: fusion?.fit.pool)
      } else {
        validation ?? evaluation
      }
    if directive.keepsLogits {
      kept[.validation] =
        kept[.validation] ?? heldOut.map { KeptLogits.Told($0, alone: own($0)) }
      self.logits = try KeptLogits(
        kept, roster: team.roster, classCount: session.configuration.classes.count,
        prediction: prediction, pool: pool, seed: session.configuration.seed)
    } else {
      self.logits = nil
    }
    reports = try leaders.map { try endpoint.receive(WorkerReport(), number: epoch, from: $0) }
  }

  /// Where the features of each modality lie; of one that no sample has, nothing comes.
  private static func receiveCentres(
    _ roster: Roster, epoch: Int, _ session: CoordinatorSession
  ) throws -> [FeatureCentres] {
    try session.layout.leaders.enumerated().map { modality, leader in
      guard !roster.samples(of: modality).isEmpty else { return FeatureCentres() }
      let centres = try session.endpoint.receive(FeatureCentres(), number: epoch, from: leader)
      let count = roster.modalityCount
      guard centres.counts.count == count,
        centres.sums.count == count * session.configuration.features
      else { throw ExchangeError.misfit(kind: .featureCentres, number: epoch) }
      return centres
    }
  }

  /// Puts the logits of the samples that a modality has in their places, those of each head; those of absent
  /// ones are 0. The last head's are what the model's own prediction is made of, with their share. Where
  /// features cross they stand in the place of logits.
  static func receiveLogits(
    of modality: Int, from leader: Int, _ roster: Roster, epoch: Int,
    _ session: CoordinatorSession, heads headCount: Int, adding share: [Float]?
  ) throws -> [ModalityLogits] {
    let configuration = session.configuration
    let width = configuration.sentWidths[modality]
    var logits = [[Float]](
      repeating: [Float](repeating: 0, count: roster.sampleCount * width), count: headCount)
    var norms = [Double](repeating: 0, count: roster.sampleCount)
    for samples in roster.chunks(of: modality, size: configuration.evaluation.batchSize) {
      for head in 0..<headCount {
        let piece = try session.endpoint.receive(EvaluatedLogits(), number: epoch, from: leader)
        guard piece.values.count == samples.count * width else {
          throw ExchangeError.shortMessage(
            kind: .logits, number: epoch, wanted: samples.count * width * 4,
            left: piece.values.count * 4)
        }
        guard piece.featureNorms.count == samples.count else {
          throw ExchangeError.misfit(kind: .logits, number: epoch)
        }
        let share = head == headCount - 1 ? share : nil
        for (row, sample) in samples.enumerated() {
          norms[sample] = piece.featureNorms[row]
          for label in 0..<width {
            logits[head][sample * width + label] =
              piece.values[row * width + label] + (share?[label] ?? 0)
          }
        }
      }
    }
    let present = (0..<roster.sampleCount).map { roster.has($0, modality: modality) }
    return logits.map {
      ModalityLogits(logits: $0, present: present, classCount: width, featureNorms: norms)
    }
  }
}
