import Methods
import Testing

@testable import Configuration

@Suite struct BrokenKeyTests {
  @Test(arguments: cases) func `a wrong key or a missing one is refused`(broken: Broken) {
    broken.check()
  }

  static let cases: [Broken] = [
    Broken(
      "a misspelt key", minimal + "bacth_size: 3\n",
      "run.yaml:5: bacth_size: found an unknown key, did you mean 'batch_size'?"),
    Broken(
      "a misspelt key in a section", minimal + "optimizer:\n  momentm: 0.5\n",
      "run.yaml:6: optimizer.momentm: found an unknown key, did you mean 'momentum'?"),
    Broken(
      "a key unlike any other", minimal + "hgm: {warp: 1}\n",
      "run.yaml:5: hgm.warp: found an unknown key, expected one of enabled, order, memory, "
        + "lambda, lambda_schedule, forget, normalise, reset, bias, project, formula, combine, "
        + "first_step"),
    Broken(
      "a key of another kind", minimal + "    encoder: {kind: cnn, hidden: [3]}\n",
      "run.yaml:5: modalities.a.encoder.hidden: found an unknown key, expected one of "
        + "channels, kernel, stride, padding, norm, pooling, pool_size, final_relu"),
    Broken(
      "a misspelt word", minimal + "method: joint_concatenate\n",
      "run.yaml:5: method: found joint_concatenate, expected one of "
        + "\(MethodList.all.map { $0.kind }.joined(separator: ", ")); did you mean 'joint_concat'?"),
    Broken(
      "a word unlike any other", minimal + "fusion: best\n",
      "run.yaml:5: fusion: found best, expected one of average_logits, average_probs, "
        + "fixed_logits, fixed_probs, entropy_logits, entropy_probs, batch_entropy_logits, "
        + "energy, robust_pool"),
    Broken(
      "a key without a value", minimal + "seed:\n",
      "run.yaml:5: seed: found nothing, expected a whole number from 0 to 18446744073709551615"),
    Broken(
      "a value instead of a section", minimal + "optimizer: sgd\n",
      "run.yaml:5: optimizer: found sgd, expected a section of keys"),
    Broken(
      "no classes", "modalities: {a: {data: {kind: synthetic}}}\n",
      "run.yaml:1: classes: found nothing, expected the number of classes, from 2 to "
        + "1000000, or a list of at least 2 names"),
    Broken(
      "no modalities", "classes: 2\n",
      "run.yaml:1: modalities: found nothing, expected a section with a key for each modality"),
    Broken(
      "modalities without entries", "classes: 2\nmodalities: {}\n",
      "run.yaml:2: modalities: found 0 modalities, expected 1 to 64"),
    Broken(
      "a modality without data", "classes: 2\nmodalities:\n  a: {}\n",
      "run.yaml:3: modalities.a.data: found nothing, expected a section with kind: synthetic "
        + "| arrays | audio | images | video | idx | text"),
    Broken(
      "data without a kind", minimal(data: "{train: x}"),
      "run.yaml:4: modalities.a.data.kind: found nothing, expected one of synthetic, arrays, "
        + "audio, images, video, idx, text"),
    Broken(
      "an unknown kind", minimal(data: "{kind: wave}"),
      "run.yaml:4: modalities.a.data.kind: found wave, expected one of synthetic, arrays, "
        + "audio, images, video, idx, text; did you mean 'wav'?"),
  ]
}
