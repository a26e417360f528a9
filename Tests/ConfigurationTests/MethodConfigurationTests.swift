import Methods
import Testing

@testable import Configuration

/// Options of methods, what methods ask for, and presets of rivals.
@Suite struct MethodConfigurationTests {
  @Test func `options that are words or lists are read and written`() throws {
    let run = try parse(
      minimal
        + "method: {kind: lfm, schedule: constant, classification: [0.25, 1], divergence: reverse}\n"
    )
    let method = try #require(run.method.method as? AlignedFusion)
    #expect(method.schedule == .constant && method.divergence == .reverse)
    #expect(method.classification == [0.25, 1] && method.scale == 2)
    #expect(try parse(run.yaml) == run)
  }

  @Test(arguments: [
    (
      "lfm, schedule: constan",
      "method.schedule: found constan, expected one of constant, linear, fitted; did you mean 'constant'?"
    ),
    (
      "lfm, classification: [0.5]",
      "method.classification: found [0.5], expected a list of 2 to 2 numbers"
    ),
    (
      "lfm, classification: [0.5, 2]",
      "method.classification[1]: found 2, expected a number from 0 to 1"
    ),
    ("ogm, alpha: -1", "method.alpha: found -1, expected a number from 0 to 100"),
    ("pmr, momentum: 1.5", "method.momentum: found 1.5, expected a number from 0 to 1"),
  ])
  func `an option that is none is refused`(text: String, sentence: String) {
    Broken(text, minimal + "method: {kind: \(text)}\n", "run.yaml:5: \(sentence)").check()
  }

  @Test func `what a method cannot do without is refused where it is missing`() {
    let ranks = "  b: {data: {kind: synthetic}, ranks: 2, shards: 2}\n"
    for kind in ["ogm", "mmpareto", "{kind: agm, padding: input}"] {
      let name = kind.hasPrefix("{") ? "agm" : kind
      Broken(
        kind, minimal + ranks + "method: \(kind)\n",
        "run.yaml:5: modalities.b.ranks: found 2, expected 1, because method is \(name), which changes the "
          + "gradients of a modality in one place"
      ).check()
    }
    Broken(
      "missing", minimal + "    missing: {train: 0.5}\nmethod: {kind: agm, padding: input}\n",
      "run.yaml:5: modalities.a.missing.train: found 0.5, expected 0, because method is agm, which with these "
        + "options needs all modalities of all training samples"
    ).check()
  }

  @Test func `methods without demands have ranks share a modality`() throws {
    for kind in ["uniform", "qmf", "pmr", "lfm", "agm"] {
      let run = try parse(
        minimal + "    ranks: 2\n    shards: 2\nmethod: \(kind)\n")
      #expect(run.modalities[0].ranks == 2)
    }
  }

  @Test(
    arguments: [
      ("ogm-ge-official", "{kind: ogm, apply_to: conv}", 1e-3, 70, 100),
      ("ogm-official", "{kind: ogm, apply_to: conv, noise: false}", 1e-3, 70, 100),
      ("ogm-mla", "{kind: ogm, apply_to: conv, alpha: 0.3, ratio: sum}", 0.02, nil, 30),
      ("qmf-official", "{kind: qmf, margin: slack}", 0.02, nil, 30),
      (
        "qmf-rgbd", "{kind: qmf, margin: slack, rank: 0.1, detach: false, history: after}", 0.02,
        nil,
        30
      ),
      ("qmf-mla", "{kind: qmf, margin: slack, rank: 0.1}", 0.02, nil, 30),
      ("mmpareto-official", "mmpareto", 2e-3, 30, 50),
      ("agm-official", "{kind: agm, padding: input}", 0.02, nil, 30),
      ("pmr-official", "{kind: pmr, fresh_epochs: 2}", 0.02, nil, 30),
      ("lfm-official", "{kind: lfm, schedule: fitted, divergence: reverse}", 1e-2, 70, 200),
    ] as [(String, String, Double, Int?, Int)])
  func `a rival's preset is its method as the authors run it`(
    name: String, method: String, rate: Double, decay: Int?, epochs: Int
  ) throws {
    let run = try parse("preset: \(name)\n" + minimal)
    var expected = try parse(minimal + "method: \(method)\n")
    expected.optimizer.learningRate = rate
    expected.optimizer.decayEpoch = decay
    expected.modalities[0].optimizer = expected.optimizer
    expected.epochs = epochs
    #expect(run == expected)
  }

  @Test func `an option that is written wins over a preset, and the others stay`() throws {
    let run = try parse("preset: ogm-ge-official\nmethod: {kind: ogm, alpha: 0.25}\n" + minimal)
    let method = try #require(run.method.method as? GradientModulation)
    #expect(method.alpha == 0.25 && method.target == .conv)
    // Another method has its own.
    let other = try parse("preset: ogm-ge-official\nmethod: {kind: qmf, rank: 0.5}\n" + minimal)
    var expected = QualityAwareFusion()
    expected.rank = 0.5
    #expect(other.method == MethodChoice(expected))
  }
}
