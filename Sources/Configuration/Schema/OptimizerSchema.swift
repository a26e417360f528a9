import MLA
import Networks

/// The keys of the optimizer and of head gradient modification.
enum OptimizerSchema {
  static let optimizer: [Field<OptimizerOptions>] = [
    Field(
      "kind", \.kind, .choice,
      "the rule that moves encoders, as PyTorch has it; heads are always moved by `sgd`"),
    Field("lr", \.learningRate, .number(above: 0, to: 1e6, .single), "the learning rate"),
    Field(
      "momentum", \.momentum, .number(from: 0, below: 1, .single),
      "`sgd`: how much of the last step is kept, as PyTorch has it"),
    Field(
      "nesterov", \.isNesterov, .toggle,
      "`sgd`: whether a step looks ahead by the momentum (not with `hgm.project: update`)"),
    Field(
      "beta1", \.beta1, .number(from: 0, below: 1, .single),
      "`adam`, `adamw`: how much of the mean gradient is kept"),
    Field(
      "beta2", \.beta2, .number(from: 0, below: 1, .single),
      "`adam`, `adamw`: how much of the mean squared gradient is kept"),
    Field(
      "epsilon", \.epsilon, .number(above: 0, to: 1, .single),
      "`adam`, `adamw`: what is added to the root of the mean squared gradient"),
    Field(
      "weight_decay", \.weightDecay, .number(from: 0, to: 1e6, .single),
      "what part of a weight is added to its gradient; `adamw` takes it off the weight itself"),
    Field(
      "decay_exempt", \.decayExemption, .choice,
      "what weight decay spares; `vectors`: biases, norms, class tokens and learned "
        + "positions"),
    Field(
      "clip_norm", \.clipNorm, Codec<Double>.number(above: 0, to: 1e9, .single).orNull,
      "an encoder's or a head's gradient with a larger norm is scaled down to this one, a head's "
        + "before it is projected; null: never"),
    Field(
      "warmup", \.warmupEpochs, .number(from: 0, to: 1e6),
      "the learning rate rises linearly for so many epochs, from mini-batch to mini-batch"),
    Field(
      "schedule", \.schedule, .choice,
      "what follows: nothing, steps as `decay_epoch` says, or half a cosine down to 0"),
    Field(
      "cosine_epochs", \.cosineEpochs, Codec<Int>.count(to: 1_000_000).orNull,
      "the epoch where the cosine ends; null: the run's last"),
    Field(
      "decay_epoch", \.decayEpoch, Codec<Int>.count(to: 1_000_000).orNull,
      "the learning rate is multiplied by `decay_factor` after every so many epochs; null: never"),
    Field("decay_factor", \.decayFactor, .number(above: 0, to: 1, .single), "see `decay_epoch`"),
  ]

  static let hgm = Section<HeadGradientModification>(fields: hgmFields) { options, node, _ in
    // It reaches the square of lambda.
    guard options.lambdaSchedule == .constant || (options.lambda * options.lambda).isNormal else {
      throw (node["lambda"] ?? node).error(
        "found \(options.lambda.brief), whose square is too small to be told from 0, expected at "
          + "least 1.5e-154, because lambda_schedule is epoch_power")
    }
  }

  private static let hgmFields: [Field<HeadGradientModification>] = [
    Field("enabled", \.isEnabled, .toggle, "whether the head's gradient is modified at all"),
    Field(
      "order", \.order, .choice,
      "whether a turn projects its gradient before or after its own mean feature is absorbed"),
    Field(
      "memory", \.memory, .choice,
      "one projector made of every turn, or one a modality made of the others' turns"),
    Field(
      "lambda", \.lambda, .number(above: 0, to: 1e6),
      "the damping of recursive least squares; smaller freezes the head sooner"),
    Field(
      "lambda_schedule", \.lambdaSchedule, .choice,
      "`epoch_power`: lambda to the power 1 + i/n in mini-batch i of n"),
    Field(
      "forget", \.forget, .number(from: 0, below: 1),
      "the leak of the projector towards the identity before each absorption; 0 is the paper"),
    Field(
      "normalise", \.normalisation, .choice, "what the projector is divided by after absorption"),
    Field("reset", \.reset, .choice, "when the projector goes back to the identity"),
    Field(
      "bias", \.includesBias, .toggle, "whether the head's bias is projected with its weights"),
    Field(
      "project", \.projected, .choice,
      "the gradient before weight decay and momentum, or the optimizer's step"),
    Field("formula", \.formula, .choice, "`outer` is historical"),
    Field(
      "combine", \.combination, .choice,
      "the projected gradient replaces the gradient, or (historical) is added to it"),
    Field(
      "first_step", \.firstStep, .choice,
      "`plain` (historical): the first turn neither projects nor absorbs"),
  ]
}
