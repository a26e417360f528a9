import Methods
import Testing

@testable import Configuration

/// What methods whose features cross, and those that change weights beside their steps, are refused for.
@Suite struct FeatureMethodTests {
  private let two = "  b: {data: {kind: synthetic}}\n"
  private let allowed = "execution: {features_may_cross: true}\n"

  @Test(arguments: ["film", "gated", "{kind: gated, form: gmu}"])
  func `features cross only where they may, and it is said`(method: String) throws {
    let kind = method.contains("gated") ? "gated" : "film"
    Broken(
      method, minimal + two + "method: \(method)\n",
      "run.yaml:1: execution.features_may_cross: found false, expected true, because method is \(kind), which sends "
        + "projections of the features of single samples to the coordinator"
    ).check()
    let run = try parse(minimal + two + "method: \(method)\n" + allowed)
    #expect(
      run.featuresNote
        == "method is \(kind): features of every training and every evaluated sample, or projections of them, go to the coordinator"
    )
    #expect(try parse(minimal).featuresNote == nil)
  }

  @Test func `what crosses is counted`() throws {
    func run(_ method: String) throws -> RunConfiguration {
      try parse(
        minimal + two + "  c: {data: {kind: synthetic}}\nfeatures: 7\nmethod: \(method)\n" + allowed
      )
    }
    #expect(try run("{kind: film, conditioner: 1}").sentWidths == [7, 28, 7])
    #expect(try run("{kind: gated, width: 5}").sentWidths == [5, 5, 5])
    #expect(try run("{kind: gated, form: gmu, width: 5}").sentWidths == [20, 20, 20])
    #expect(try run("joint_sum").sentWidths == [2, 2, 2])
    let film = try run("film").traffic(sampleCount: 2)
    // Header, a score or a scale, a length, then 2 samples of 28 numbers.
    #expect(film.up == 256 && film.down == 256)
  }

  @Test(arguments: [
    (
      "{kind: film, conditioner: 2}",
      "method.conditioner: found 2, expected the place of one of the 2 modalities, from 0 to 1"
    ),
    (
      "{kind: gated, gate: 2}",
      "method.gate: found 2, expected the place of one of the 2 modalities, from 0 to 1"
    ),
    (
      "{kind: gblend, weights: [0.5, 0.5]}",
      "method.weights: found 2 weights, expected 3, one for each modality's own loss and one for the joint loss, or none"
    ),
  ])
  func `an option that does not fit the modalities is refused`(method: String, sentence: String) {
    Broken(method, minimal + two + "method: \(method)\n" + allowed, "run.yaml:6: \(sentence)")
      .check()
  }

  @Test func `presets are what public code runs`() throws {
    func run(_ preset: String, _ more: String) throws -> RunConfiguration {
      try parse("preset: \(preset)\n" + minimal + two + more)
    }
    let film = try run("film-official", allowed)
    #expect((film.method.method as? FilmTraining)?.gammaOffset == 0)
    let held = "data: {validation: 0.25}\n"
    let blend = try run("gblend-multibench", held)
    let method = try #require(blend.method.method as? GradientBlending)
    #expect(method.rule == .absolute && method.superEpoch == 20 && blend.optimizer.momentum == 0)
    let boost = try run("reconboost-official", "")
    var official = ReconBoost()
    (official.weight, official.residual, official.takesClassMean) = (5, 1, true)
    (official.heads, official.firstResidual) = (.shared, .one)
    #expect(boost.method == MethodChoice(official))
    #expect(boost.optimizer.learningRate == 1e-2 && boost.optimizer.weightDecay == 5e-4)
    let relearn = try run("relearn-official", held)
    #expect(relearn.method == MethodChoice(Relearning()))
    #expect(relearn.optimizer.learningRate == 2e-3 && relearn.epochs == 90)
  }

  @Test func `stages need a modality of one rank and shared samples, and send no factors`() throws {
    let boost = "method: {kind: reconboost, head: shared}\n"
    let ranks = "  b: {data: {kind: synthetic}, ranks: 2, shards: 2}\n"
    Broken(
      "ranks", minimal + ranks + boost,
      "run.yaml:5: modalities.b.ranks: found 2, expected 1, because method is reconboost, which drops what the "
        + "optimizer of a modality remembers, and has others wait for what it says of samples"
    ).check()
    Broken(
      "sampling", minimal + two + boost + "sampling: own\n",
      "run.yaml:7: sampling: found own, expected shared, because method is reconboost"
    ).check()
    Broken(
      "factors", minimal + two + boost + allowed + "head: {update: factors}\n",
      "run.yaml:8: head.update: found factors, expected gradient, because method is reconboost, which sends no factors"
    ).check()
    let run = try parse(minimal + two + boost + "epochs: 4\n")
    #expect(run.methodNotes.count == 1)
    #expect(run.methodNotes[0].hasPrefix("method is reconboost: in 4 epochs b has no stage"))
    #expect(try parse(minimal + two + boost + "epochs: 12\n").methodNotes == [])
  }

  @Test func `one modality has no others`() {
    Broken(
      "film alone", minimal + "method: film\n" + allowed,
      "run.yaml:1: method.conditioner: found one modality, expected two or more, because it says what becomes of "
        + "the features of the others"
    ).check()
  }

  @Test(arguments: ["relearn", "gblend"])
  func `trials and events need samples held out, and a modality of one rank`(kind: String) throws {
    Broken(
      kind, minimal + two + "method: \(kind)\n",
      "run.yaml:1: data.validation: found 0, expected a number above 0, because method is \(kind), which decides "
        + "by losses on samples that are kept from training"
    ).check()
    let ranks = "  b: {data: {kind: synthetic}, ranks: 2, shards: 2}\n"
    Broken(
      kind, minimal + ranks + "method: \(kind)\ndata: {validation: 0.25}\n",
      "run.yaml:5: modalities.b.ranks: found 2, expected 1, because method is \(kind), which changes the weights of "
        + "a modality beside its steps"
    ).check()
    #expect(
      try parse(minimal + two + "method: \(kind)\ndata: {validation: 0.25}\n").method.kind == kind)
  }
}
