import Testing

@testable import Configuration

@Suite struct BrokenValueTests {
  @Test(arguments: cases) func `an impossible value is refused`(broken: Broken) {
    broken.check()
  }

  static let cases: [Broken] = [
    Broken(
      "one class", "classes: 1\nmodalities:\n  a:\n    data: {kind: synthetic}\n",
      "run.yaml:1: classes: found 1, expected the number of classes, from 2 to 1000000, or a "
        + "list of at least 2 names"),
    Broken(
      "too many classes", "classes: 1000001\nmodalities:\n  a:\n    data: {kind: synthetic}\n",
      "run.yaml:1: classes: found 1000001, expected the number of classes, from 2 to "
        + "1000000, or a list of at least 2 names"),
    Broken(
      "a class twice", "classes: [cat, dog, cat]\nmodalities:\n  a:\n    data: {kind: synthetic}\n",
      "run.yaml:1: classes: found 'cat' twice, expected different names"),
    Broken(
      "an empty class name", "classes: [cat, '']\nmodalities:\n  a:\n    data: {kind: synthetic}\n",
      "run.yaml:1: classes[1]: found \"\", expected the name of a class"),
    Broken(
      "no features", minimal + "features: 0\n",
      "run.yaml:5: features: found 0, expected a whole number from 1 to 65536"),
    Broken(
      "too many features", minimal + "features: 65537\n",
      "run.yaml:5: features: found 65537, expected a whole number from 1 to 65536"),
    Broken(
      "a fraction for a whole number", minimal + "features: 1.5\n",
      "run.yaml:5: features: found 1.5, expected a whole number from 1 to 65536"),
    Broken(
      "a whole number with a point", minimal + "batch_size: 64.0\n",
      "run.yaml:5: batch_size: found 64.0, expected a whole number from 1 to 1000000"),
    Broken(
      "an octal number", minimal + "batch_size: 064\n",
      "run.yaml:5: batch_size: found 064, expected a whole number from 1 to 1000000"),
    Broken(
      "a number in quotes", minimal + "batch_size: '64'\n",
      "run.yaml:5: batch_size: found \"64\", expected a whole number from 1 to 1000000"),
    Broken(
      "an empty mini-batch", minimal + "batch_size: 0\n",
      "run.yaml:5: batch_size: found 0, expected a whole number from 1 to 1000000"),
    Broken(
      "negative epochs", minimal + "epochs: -3\n",
      "run.yaml:5: epochs: found -3, expected a whole number from 1 to 1000000"),
    Broken(
      "a negative seed", minimal + "seed: -1\n",
      "run.yaml:5: seed: found -1, expected a whole number from 0 to 18446744073709551615"),
    Broken(
      "a seed beyond 64 bits", minimal + "seed: 18446744073709551616\n",
      "run.yaml:5: seed: found 18446744073709551616, expected a whole number from 0 to "
        + "18446744073709551615"),
    Broken(
      "a learning rate of zero", minimal + "optimizer: {lr: 0}\n",
      "run.yaml:5: optimizer.lr: found 0, expected a number above 0 and at most 1000000"),
    Broken(
      "a look ahead that nobody projects",
      minimal + "optimizer: {nesterov: true}\nhgm: {project: update}\n",
      "run.yaml:5: optimizer.nesterov: found true, expected false, because hgm.project is update: "
        + "the look ahead of the head's step would not be projected"),
    Broken(
      "an infinite learning rate", minimal + "optimizer: {lr: .inf}\n",
      "run.yaml:5: optimizer.lr: found .inf, expected a number above 0 and at most 1000000"),
    Broken(
      "a learning rate that overflows", minimal + "optimizer: {lr: 1e999}\n",
      "run.yaml:5: optimizer.lr: found 1e999, expected a number above 0 and at most 1000000"),
    Broken(
      "no number at all", minimal + "optimizer: {lr: .nan}\n",
      "run.yaml:5: optimizer.lr: found .nan, expected a number above 0 and at most 1000000"),
    Broken(
      "a spelt-out nan", minimal + "optimizer: {weight_decay: nan}\n",
      "run.yaml:5: optimizer.weight_decay: found nan, expected a number from 0 to 1000000"),
    Broken(
      "a momentum of one", minimal + "optimizer: {momentum: 1}\n",
      "run.yaml:5: optimizer.momentum: found 1, expected a number of at least 0 and below 1"),
    Broken(
      "a decay after no epoch", minimal + "optimizer: {decay_epoch: 0}\n",
      "run.yaml:5: optimizer.decay_epoch: found 0, expected a whole number from 1 to "
        + "1000000, or null"),
    Broken(
      "a leak of everything", minimal + "hgm: {forget: 1.0}\n",
      "run.yaml:5: hgm.forget: found 1.0, expected a number of at least 0 and below 1"),
    Broken(
      "a lambda of zero", minimal + "hgm: {lambda: 0}\n",
      "run.yaml:5: hgm.lambda: found 0, expected a number above 0 and at most 1000000"),
    Broken(
      "yes for true", minimal + "hgm: {enabled: yes}\n",
      "run.yaml:5: hgm.enabled: found yes, expected true or false"),
    Broken(
      "a missing rate above one", minimal + "    missing: {train: 1.5}\n",
      "run.yaml:5: modalities.a.missing.train: found 1.5, expected a number from 0 to 1"),
    Broken(
      "all for validation", minimal + "data: {validation: 1}\n",
      "run.yaml:5: data.validation: found 1, expected a number of at least 0 and below 1"),
    Broken(
      "a deadline of zero", minimal + "execution: {deadline: 0}\n",
      "run.yaml:5: execution.deadline: found 0, expected a number from 0.001 to 1000000"),
    Broken(
      "no threads", minimal + "execution: {threads: 0}\n",
      "run.yaml:5: execution.threads: found 0, expected a whole number from 1 to 1024, or null"),
    Broken(
      "no ranks", minimal + "    ranks: 0\n",
      "run.yaml:5: modalities.a.ranks: found 0, expected a whole number from 1 to 1024, or auto"),
    Broken(
      "a joint method with own sampling", minimal + "method: joint_sum\nsampling: own\n",
      "run.yaml:6: sampling: found own, expected shared, because method is joint_sum"),
    Broken(
      "factors where features must not cross", minimal + "head: {update: factors}\n",
      "run.yaml:5: head.update: found factors, expected gradient, because "
        + "execution.features_may_cross is false: factors are the features of single samples; set it "
        + "to true, or leave head.update at gradient"),
    Broken(
      "factors of a velocity",
      minimal + crossing + "hgm: {project: update}\n",
      "run.yaml:5: head.update: found factors, expected gradient, because hgm.project is update: a "
        + "velocity has no factors"),
    Broken(
      "factors and the historical formula", minimal + crossing + "preset: official-first-release\n",
      "run.yaml:5: head.update: found factors, expected gradient, because hgm.formula is outer, "
        + "which changes P in more than one direction a turn"),
    Broken(
      "factors without a shared head", minimal + crossing + "method: separate\n",
      "run.yaml:5: head.update: found factors, expected gradient, because method is separate, which "
        + "has no shared head"),
    Broken(
      "an unknown preset", minimal + "preset: papr\n",
      "run.yaml:5: preset: found papr, expected one of "
        + "\(Preset.allCases.map(\.rawValue).joined(separator: ", ")); did you mean 'paper'?"),
  ]

  private static let crossing =
    "head: {update: factors}\nexecution: {features_may_cross: true}\n"
}
