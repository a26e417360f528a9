import Testing

@testable import Configuration

@Suite struct BrokenModalityTests {
  @Test(arguments: cases) func `an impossible modality is refused`(broken: Broken) {
    broken.check()
  }

  static let cases: [Broken] = [
    Broken(
      "a name that is no file name",
      "classes: 2\nmodalities:\n  a/b:\n    data: {kind: synthetic}\n",
      "run.yaml:3: modalities.a/b: found a name that is no file name, expected at most 64 of "
        + "A-Z a-z 0-9 _ and -, the first of them a letter or a digit; rename the modality"),
    Broken(
      "65 modalities",
      "classes: 2\nmodalities: {"
        + (0..<65).map { "m\($0): null" }.joined(separator: ", ") + "}\n",
      "run.yaml:2: modalities: found 65 modalities, expected 1 to 64"),
    Broken(
      "an order that is no list", minimal + "order: a\n",
      "run.yaml:5: order: found a, expected a list that names every modality once, or weakest_first or"
        + " strongest_first"),
    Broken(
      "an order of strangers", minimal + "order: [b]\n",
      "run.yaml:5: order[0]: found b, expected one of a"),
    Broken(
      "an order with a repetition", minimal + "order: [a, a]\n",
      "run.yaml:5: order: found [a, a], expected every modality once: a"),
    Broken(
      "a weight for a stranger", minimal + "fusion_weights: {a: 1, text: 1}\n",
      "run.yaml:5: fusion_weights.text: found no such modality, expected one of a"),
    Broken(
      "a weight too few", minimal + "fusion_weights: {}\n",
      "run.yaml:5: fusion_weights.a: found nothing, expected the modality's weight"),
    Broken(
      "a negative weight", minimal + "fusion_weights: {a: -1}\n",
      "run.yaml:5: fusion_weights.a: found -1, expected a number from 0 to 1000000"),
    Broken(
      "weights of zero", minimal + "fusion_weights: {a: 0.0}\n",
      "run.yaml:5: fusion_weights: found only zeros, expected a weight above 0"),
    Broken(
      "a size of one side",
      minimal(data: "{kind: idx, train: {images: i, labels: l}, resize: [56]}"),
      "run.yaml:4: modalities.a.data.resize: found [56], expected a list of height and width, each "
        + "from 1 to 4096, or null"),
    Broken(
      "a size of nothing",
      minimal(data: "{kind: idx, train: {images: i, labels: l}, resize: [56, 0]}"),
      "run.yaml:4: modalities.a.data.resize[1]: found 0, expected a whole number from 1 to 4096"),
    Broken(
      "word pieces of nothing", minimal(data: "{kind: text, train: t.csv, tokens: wordpiece}"),
      "run.yaml:4: modalities.a.data.tokens: found no vocabulary_file beside tokens: wordpiece, expected "
        + "the path of a vocab.txt"),
    Broken(
      "a vocabulary of words",
      minimal(data: "{kind: text, train: t.csv, vocabulary_file: vocab.txt}"),
      "run.yaml:4: modalities.a.data.vocabulary_file: found a vocabulary_file beside tokens: words, "
        + "which makes its own vocabulary; set tokens: wordpiece"),
    Broken(
      "no room between special tokens",
      minimal(
        data: "{kind: text, train: t.csv, tokens: wordpiece, vocabulary_file: v.txt, length: 2}"),
      "run.yaml:4: modalities.a.data.length: found 2, expected at least 3, because two are [CLS] and "
        + "[SEP]"),
    Broken(
      "a Latin text", minimal(data: "{kind: text, train: t.csv, encoding: latin1}"),
      "run.yaml:4: modalities.a.data.encoding: found latin1, expected one of utf8, gb18030, "
        + "utf8_or_gb18030"),
    Broken(
      "an unknown augmentation", minimal + "    augment: {flips: true}\n",
      "run.yaml:5: modalities.a.augment.flips: found an unknown key, did you mean 'flip'?"),
    Broken(
      "a third modality of two", minimal(data: "{kind: synthetic, set: lazy2, component: weaker}"),
      "run.yaml:4: modalities.a.data.component: found weaker, expected strong or weak, "
        + "because lazy2 has two modalities; use set: lazy3"),
    Broken(
      "arrays without labels", minimal(data: "{kind: arrays, train: {values: a.npy}}"),
      "run.yaml:4: modalities.a.data.train: found neither 'labels' nor 'manifest', expected "
        + "one of them"),
    Broken(
      "arrays with two sources of labels",
      minimal(data: "{kind: arrays, train: {values: a.npy, labels: l.npy, manifest: m.csv}}"),
      "run.yaml:4: modalities.a.data.train: found both 'labels' and 'manifest', expected one "
        + "of them"),
    Broken(
      "ids beside a manifest",
      minimal(data: "{kind: arrays, train: {values: a.npy, ids: i.txt, manifest: m.csv}}"),
      "run.yaml:4: modalities.a.data.train: found 'ids' beside 'manifest', expected one of "
        + "them; remove 'ids'"),
    Broken(
      "arrays without values", minimal(data: "{kind: arrays, train: {labels: l.npy}}"),
      "run.yaml:4: modalities.a.data.train.values: found nothing, expected the path of a file"),
    Broken(
      "arrays without training data", minimal(data: "{kind: arrays}"),
      "run.yaml:4: modalities.a.data.train: found nothing, expected a section"),
    Broken(
      "an array path of nothing", minimal(data: "{kind: arrays, train: {values: , labels: l.npy}}"),
      "run.yaml:4: modalities.a.data.train.values: found nothing, expected the path of a file"),
    Broken(
      "sound without manifests", minimal(data: "{kind: wav, train: []}"),
      "run.yaml:4: modalities.a.data.train: found [], expected the path of a file, or a list "
        + "of 1 to 64 paths"),
    Broken(
      "sound shorter than a window",
      minimal(data: "{kind: wav, train: a.csv, seconds: 0.01, spectrogram: {centred: false}}"),
      "run.yaml:4: modalities.a.data.seconds: found 160 samples in 0.01 s, expected at least "
        + "a window of 400; lengthen 'seconds' or set spectrogram.centred"),
    Broken(
      "a frequency above half the rate",
      minimal(data: "{kind: wav, train: a.csv, sample_rate: 8000, spectrogram: {high: 5000}}"),
      "run.yaml:4: modalities.a.data.spectrogram.high: found 5000, expected at most half the "
        + "sample_rate, 4000"),
    Broken(
      "bands that are upside down",
      minimal(data: "{kind: wav, train: a.csv, spectrogram: {low: 400, high: 300}}"),
      "run.yaml:4: modalities.a.data.spectrogram.low: found 400, expected less than the "
        + "highest frequency, 300"),
    Broken(
      "images with two sources of labels",
      minimal(data: "{kind: idx, train: {images: i, labels: l, manifests: m}}"),
      "run.yaml:4: modalities.a.data.train: found both 'labels' and 'manifests', expected "
        + "one of them"),
    Broken(
      "images without labels", minimal(data: "{kind: idx, train: {images: i}}"),
      "run.yaml:4: modalities.a.data.train: found neither 'labels' nor 'manifests', expected "
        + "one of them"),
    Broken(
      "a path with a zero byte",
      minimal(data: "{kind: idx, train: {images: \"a\\0b\", labels: l}}"),
      "run.yaml:4: modalities.a.data.train.images: found \"a\\u{0}b\", expected the path of a "
        + "file"),
    Broken(
      "a layer without width", minimal + "    encoder: {kind: mlp, hidden: [64, 0]}\n",
      "run.yaml:5: modalities.a.encoder.hidden[1]: found 0, expected a whole number from 1 "
        + "to 65536"),
    Broken(
      "a network without stages", minimal + "    encoder: {kind: cnn, channels: []}\n",
      "run.yaml:5: modalities.a.encoder.channels: found [], expected a list of 1 to 16 numbers"),
    Broken(
      "an encoder that is a word", minimal + "    encoder: mlp\n",
      "run.yaml:5: modalities.a.encoder: found mlp, expected a section of keys"),
  ]
}
