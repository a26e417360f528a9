import Datasets
import Methods
import Networks
import Storage
import Tensors

/// The keys of the file itself, in the order in which they are written.
enum RunSchema {
  static let run = Section<RunConfiguration>(
    fields: [
      Field(
        "classes", \.classes, .classes, isRequired: true,
        "the classes; without names they are called 0, 1, …"),
      Field(
        "features", \.features, .count(to: largestWidth),
        "the width of the head: every encoder ends in so many features"),
      Field(
        nameOrSection: "method", \.method, MethodSchema.variants,
        "alternation through one head, separate models fused at test time, or joint training in one of "
          + "several ways (docs/methods.md)"),
      preset,
      Field("seed", \.seed, .whole(0...UInt64.max), "what all random numbers are drawn from"),
      Field("epochs", \.epochs, .count(to: 1_000_000), "passes through the training samples"),
      Field(
        "batch_size", \.batchSize, .count(to: 1_000_000),
        "the largest number of samples in a mini-batch"),
      Field(
        "sampling", \.sampling, .choice,
        "`shared`: one shuffled mini-batch serves every modality with the samples it has; `own`: "
          + "each modality shuffles its own samples (not with the joint methods)"),
      OrderSchema.field,
      Field(
        "inactive_encoders", \.inactiveEncoders, .choice,
        "what happens to an encoder in the turns of others; `zero_grad` is historical"),
      SelectionSchema.classWeights,
      SelectionSchema.labelSmoothing,
      FusionSchema.field,
      FusionSchema.olderWeights,
      Field("data", \.data, data, "where the data lie and how they are split"),
      Field(
        "missing", \.missing, MissingSchema.section,
        "pairs of a sample and a modality that are taken away, over all modalities together"),
      Field("optimizer", \.self, optimizer, "what moves the parameters, and how fast"),
      Field("hgm", \.hgm, OptimizerSchema.hgm, "head gradient modification"),
      Field("head", \.self, HeadSchema.section, "what a turn sends of the head's gradient"),
      Field("evaluation", \.evaluation, evaluation, "when and how the model is tested"),
      Field(
        "selection", \.selection, SelectionSchema.section,
        "which epoch's model is kept, and when training ends before its last"),
      Field("execution", \.self, execution, "how the run uses its machines"),
      Field(
        "checkpoint", \.checkpoint, CheckpointSchema.section,
        "when the run's state is written, so that it can be resumed"),
      ModalitySchema.modalities,
    ],
    check: { run, node, _ in
      try CheckpointSchema.check(node)
      try FusionSchema.check(node)
      try SpoiltSchema.check(run, node)
      try ShardSchema.check(run, node)
      try HeadSchema.check(run, node)
      try OrderSchema.check(run, node)
      try SelectionSchema.check(run, node)
      try FusionSchema.checkRefit(run, node)
      try MissingSchema.check(run, node)
      try checkRanks(run, node)
      try MethodSchema.check(run, node)
      guard !run.method.hasOneLoss || run.sampling == .shared else {
        throw (node["sampling"] ?? node).error(
          "found own, expected shared, because method is \(run.method.kind)")
      }
      let projectsUpdate =
        run.method.method is AlternatingAdaptation && run.hgm.isEnabled
        && run.hgm.projected == .update
      guard !projectsUpdate || !run.optimizer.isNesterov else {
        throw (node["optimizer"]?["nesterov"] ?? node).error(
          "found true, expected false, because hgm.project is update: the look ahead of the head's "
            + "step would not be projected")
      }
      let (lr, scale) = (run.optimizer.learningRate, run.headLearningRateScale)
      guard scale == 0 || Float(lr * scale).isNormal else {
        throw (node["optimizer"]?["head_lr_scale"] ?? node["optimizer"] ?? node).error(
          "found \(scale.brief), which makes the head's learning rate, with lr \(lr.brief), too small "
            + "to be told from 0, expected a product of at least 1.2e-38, or 0 to freeze the head")
      }
    })

  /// Applied before all other keys, wherever it stands: see `RunConfiguration.parse`.
  static let presetCodec = Codec<Preset>.choice

  private static let preset = Field<RunConfiguration>(
    key: "preset", expected: presetCodec.expected,
    meaning: "settings under one name, see above; every key that is written out wins over them",
    defaultText: "`default`", shape: { _ in presetCodec.shape },
    read: { _, _, _ in }, write: { _, _ in nil })

  private static let data = Section<DataOptions>(
    fields: [
      Field(
        "root", \.root, .folder, default: "the file's folder",
        "the folder that data paths start from, relative to the file's folder (with `--set`: to the "
          + "current one)"),
      Field(
        "validation", \.validationFraction, .number(from: 0, below: 1),
        "the part of the training samples that is kept for validation, class by class and in whole "
          + "groups; never the last sample or group of a class"),
      Field(
        "groups", \.groups, Codec<String>.path.orNull,
        "a CSV file with columns `id,group`: what belongs together, such as the samples of one speaker; "
          + "read by the coordinator. A column `group` of manifests says the same"),
      Field(
        "allow_overlap", \.allowsOverlap, .toggle,
        "whether ids that stand in training and in test files are taken; else they are refused, "
          + "where ids were written (row numbers are no ids)"),
    ] + MediaSchema.fields.map { $0.within(\.media) })

  private static let optimizer = Section<RunConfiguration>(
    fields: OptimizerSchema.optimizer.map { $0.within(\.optimizer) } + [
      Field(
        "head_lr_scale", \.headLearningRateScale, .number(from: 0, to: 1e6, .single),
        "the head's learning rate is this times `lr`; 0 freezes the head")
    ])

  private static let evaluation = Section<EvaluationOptions>(fields: [
    Field(
      "every", \.every, .count(to: 1_000_000),
      "tested after every so many epochs, and always after the last"),
    Field(
      "batch_size", \.batchSize, .count(to: 1_000_000),
      "samples whose logits travel in one message; results do not depend on it, but for"
        + " `batch_entropy_logits`"),
    Field(
      "keep_logits", \.keepsLogits, .toggle,
      "whether the run leaves the logits of its final weights, of every modality for the test and the validation "
        + "split, in `logits.safetensors` (docs/experiments.md)"),
    Field(
      "keep_spoilt", \.spoilt, SpoiltSchema.passed,
      "with `keep_logits`: the spoilt inputs of the test samples whose logits are left, too: a forward pass for `noise`, "
        + "one of a single sample for `blank` (docs/experiments.md)"),
  ])

  private static let execution = Section<RunConfiguration>(
    fields: executionOptions.map { $0.within(\.execution) } + [CheckpointSchema.saveEvery])

  private static let executionOptions: [Field<ExecutionOptions>] = [
    Field(
      "deadline", \.deadlineSeconds, .number(from: 0.001, to: 1e6),
      "how long a rank waits for another before the job ends, in seconds"),
    Field(
      "threads", \.threads, Codec<Int>.count(to: 1_024).orNull,
      "threads that compute on each worker; null: cores divided by the workers of the node"),
    Field(
      "products", \.products, .choice,
      "who multiplies matrices: `portable`, our own kernels, whose results are the same bits on every"
        + " processor with fused multiply-adds, or `openblas`, whose results depend on its core type"
    ),
    Field(
      "on_modality_loss", \.onModalityLoss, .choice,
      "`continue`: `./launch --max-restarts` goes on without a modality whose rank is lost twice in a row;"
        + " `stop`: it needs all of them"),
    Field(
      "on_nonfinite", \.onNonfinite, .choice,
      "what becomes of a mini-batch with a loss or gradient that is infinite or not a number: `stop` ends the"
        + " run, `skip` leaves it out, up to 100 in a row or a tenth of an epoch's, and looks at all gradients"
        + " before anything moves, which takes memory and time"),
    Field(
      "features_may_cross", \.featuresMayCross, .toggle,
      "whether features of single samples may leave the ranks of their modality; `method: film`, `method: gated`"
        + " and `head.update: factors` need it"),
    Field(
      "telemetry", \.telemetryEvery, .whole(0...1_000_000),
      "in every so many cycles it is measured what turns of `mla` do to each other through the shared head"
        + " (docs/telemetry.md); 0: never"),
    Field(
      "telemetry_turns", \.recordsTurns, .toggle,
      "whether `telemetry.jsonl` has each measured turn; `train --telemetry` measures and writes all of them"
    ),
    Field(
      "tensorboard", \.writesTensorBoard, .toggle,
      "whether the numbers of `metrics.jsonl` go to event files for TensorBoard, too, as epochs end;"
        + " `train --tensorboard` is the same (docs/export.md)"),
  ]
}

extension RunSchema {
  /// Throws where a modality cannot be shared by ranks.
  private static func checkRanks(_ run: RunConfiguration, _ node: ConfigurationNode) throws {
    guard run.execution.onNonfinite == .skip,
      let modality = run.modalities.first(where: { $0.ranks > 1 })
    else { return }
    throw (node["modalities"]?[modality.name]?["ranks"] ?? node).error(
      "found \(modality.ranks), expected 1, because execution.on_nonfinite is skip: whether a mini-batch is "
        + "left out is decided within a turn, which would have to wait for all ranks of the modality"
    )
  }
}
