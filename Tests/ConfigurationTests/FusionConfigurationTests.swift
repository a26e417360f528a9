import Testing

@testable import Configuration

@Suite struct FusionConfigurationTests {
  @Test func `a fusion is a word, or a section with its options`() throws {
    #expect(try parse(minimal + "fusion: energy\n").fusion.kind == .energy)
    let run = try parse(
      minimal + """
        fusion:
          kind: robust_pool
          spoilt: 0.1
          ridge: 0
          detector: false
          prior: uniform
          weights: {a: 2}

        """)
    #expect(run.fusion.kind == .robustPool && run.fusion.spoilt == 0.1 && run.fusion.ridge == 0)
    #expect(!run.fusion.usesDetector && run.fusion.prior == .uniform)
    #expect(run.fusion.weights == [2])
    #expect(try parse(run.yaml) == run)
    #expect(
      try parse(minimal, overrides: ["fusion=average_probs"]).fusion.kind == .averageProbabilities)
    #expect(try parse(minimal, overrides: ["fusion.spoilt=0.5"]).fusion.spoilt == 0.5)
  }

  @Test(arguments: ["", "fusion: {}\n", "fusion: {ridge: 1}\n"])
  func `a pool is the default where there is something to fit it to`(text: String) throws {
    #expect(try parse(minimal + text).fusion.kind == .entropyLogits)
    #expect(try parse(minimal + text + "data: {validation: 0.1}\n").fusion.kind == .robustPool)
    #expect(
      try parse(minimal + text, overrides: ["data.validation=0.1"]).fusion.kind == .robustPool)
    let written = try parse(minimal + text).yaml
    // A resolved configuration has a kind, and keeps it.
    #expect(try parse(written, overrides: ["data.validation=0.1"]).fusion.kind == .entropyLogits)
  }

  @Test func `what is written out wins over the default`() throws {
    let validated = minimal + "data: {validation: 0.1}\n"
    #expect(try parse(validated + "fusion: average_logits\n").fusion.kind == .averageLogits)
    #expect(try parse(validated + "fusion: {kind: energy}\n").fusion.kind == .energy)
  }

  @Test func `all samples are trained on after a fit that there is`() throws {
    let refit = "fusion: {kind: robust_pool, refit_on_all: true}\n"
    let run = try parse(minimal + refit + "data: {validation: 0.1}\n")
    #expect(run.fusion.refitsOnAll && run.trained.data.validationFraction == 0)
    #expect(!run.trained.fusion.refitsOnAll && run.trained.fusion.kind == .robustPool)
    #expect(run.fitting.data.validationFraction == 0.1 && !run.fitting.fusion.refitsOnAll)
    func refusal(_ text: String) -> String {
      do {
        _ = try parse(minimal + text)
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(
      refusal(refit).hasSuffix("but none are held out; set data.validation, to 0.2 for instance"))
    #expect(
      refusal("fusion: {kind: energy, refit_on_all: true}\ndata: {validation: 0.1}\n")
        .contains("refit_on_all: found true, which trains on all samples"))
    #expect(
      refusal(refit + "data: {validation: 0.1}\norder: weakest_first\n").hasSuffix(
        "the order of turns is decided by them in every epoch; list the modalities"))
    #expect(
      refusal(refit + "data: {validation: 0.1}\nmethod: relearn\n").hasSuffix(
        "relearn needs them while it trains; leave it out"))
  }

  @Test func `weights have an older name`() throws {
    #expect(try parse(minimal + "fusion_weights: {a: 2}\n").fusion.weights == [2])
    let both = minimal + "fusion: {weights: {a: 3}}\n"
    #expect(try parse(both + "fusion_weights: null\n").fusion.weights == [3])
    #expect(
      try parse(minimal + "fusion: {weights: null}\nfusion_weights: {a: 2}\n").fusion.weights
        == [2])
    Broken(
      "two names", both + "fusion_weights: {a: 2}\n",
      "run.yaml:6: fusion_weights: found beside fusion.weights, which says the same, expected one of "
        + "the two"
    ).check()
  }

  @Test(arguments: [
    Broken(
      "no share at all", minimal + "fusion: {spoilt: 0}\n",
      "run.yaml:5: fusion.spoilt: found 0, expected a number from 1e-30 to 0.999"),
    Broken(
      "all spoilt", minimal + "fusion: {spoilt: 1}\n",
      "run.yaml:5: fusion.spoilt: found 1, expected a number from 1e-30 to 0.999"),
    Broken(
      "a ridge that digs", minimal + "fusion: {ridge: -1}\n",
      "run.yaml:5: fusion.ridge: found -1, expected a number from 0 to 1000000000"),
    Broken(
      "a prior of its own", minimal + "fusion: {prior: test}\n",
      "run.yaml:5: fusion.prior: found test, expected train or uniform"),
    Broken(
      "a misspelt kind", minimal + "fusion: {kind: robust_pol}\n",
      "run.yaml:5: fusion.kind: found robust_pol, expected one of average_logits, average_probs, "
        + "fixed_logits, fixed_probs, entropy_logits, entropy_probs, batch_entropy_logits, energy, "
        + "robust_pool; did you mean 'robust_pool'?"),
    Broken(
      "a weight for a stranger", minimal + "fusion: {weights: {a: 1, text: 1}}\n",
      "run.yaml:5: fusion.weights.text: found no such modality, expected one of a"),
  ])
  func `options out of their range are refused`(broken: Broken) { broken.check() }
}
