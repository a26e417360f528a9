import Glibc
import Storage
import TestSupport
import Testing

@testable import Configuration

/// Experiments are read as strictly as configurations.
@Suite struct ExperimentFileTests {
  private static let base = """
    classes: 3
    epochs: 4
    optimizer: {lr: 0.01}
    modalities:
      a: {data: {kind: synthetic}}
      b: {data: {kind: synthetic, component: weak}}

    """

  private func parse(
    _ text: String, set overrides: [String] = [], base: String = base
  ) throws -> ExperimentDescription {
    let scratch = try Scratch()
    try scratch.write(base, to: "base.yaml")
    return try ExperimentDescription.parse(
      "base: base.yaml\n" + text, file: "e.yaml", folder: scratch.path, overrides: overrides)
  }

  private func message(
    _ text: String, set overrides: [String] = [], base: String = base
  ) -> String {
    do {
      _ = try parse(text, set: overrides, base: base)
      return "accepted"
    } catch {
      return error is ConfigurationError ? "\(error)" : "another error: \(error)"
    }
  }

  @Test func `variants win over settings, --set over settings, all over the base`() throws {
    let found = try parse(
      """
      settings: {epochs: 5, batch_size: 7, features: 9}
      variants:
        first: {}
        second: {method: joint_concat, epochs: 6}
      baselines: false
      seeds: [3, 1]
      """, set: ["batch_size=8", "epochs=10"])
    #expect(found.points.map(\.name) == ["first", "second"])
    let runs = found.points.map(\.configuration)
    #expect(runs.map(\.epochs) == [10, 6] && runs.map(\.batchSize) == [8, 8])
    #expect(runs.map(\.features) == [9, 9] && runs.map(\.optimizer.learningRate) == [0.01, 0.01])
    #expect(runs.map(\.method.kind) == ["mla", "joint_concat"])
    #expect(runs.allSatisfy { $0.seed == 3 && $0.evaluation.keepsLogits })
    #expect(found.configuration(of: found.points[0], seed: 1).seed == 1)
    #expect(found.reference == nil && found.selection == .none && found.seeds == [3, 1])
  }

  @Test func `a grid multiplies, and baselines leave out what they have not`() throws {
    let found = try parse(
      """
      variants: {mla: {}}
      grid: {optimizer.lr: [0.1, 0.2], hgm.lambda: [1, 2]}
      seeds: 0-2
      """)
    #expect(
      found.points.map(\.name) == [
        "mla, optimizer.lr 0.1, hgm.lambda 1", "mla, optimizer.lr 0.1, hgm.lambda 2",
        "mla, optimizer.lr 0.2, hgm.lambda 1", "mla, optimizer.lr 0.2, hgm.lambda 2",
        "late fusion, optimizer.lr 0.1", "late fusion, optimizer.lr 0.2",
        "late fusion, heads x 0.1, optimizer.lr 0.1", "late fusion, heads x 0.1, optimizer.lr 0.2",
      ])
    #expect(found.points[1].configuration.hgm.lambda == 2)
    #expect(found.points[7].configuration.headLearningRateScale == 0.1)
    #expect(
      found.points[7].configuration.fusion.kind == .averageLogits && found.points[7].isBaseline)
    #expect(found.points[3].folder == "mla-optimizer.lr-0.2-hgm.lambda-2")
    #expect(found.seeds == [0, 1, 2])
  }

  @Test func `baselines have no order that losses decide`() throws {
    let text = "variants: {mla: {}}\nsettings: {data.validation: 0.2}"
    let decided = Self.base + "order: weakest_first\n"
    func baselines(_ found: ExperimentDescription) -> [String] {
      // Each is read in a folder of its own.
      found.points.dropFirst().map { point in
        var run = point.configuration
        run.data.root = ""
        return run.yaml
      }
    }
    let plain = baselines(try parse(text))
    for found in [try parse(text, base: decided), try parse(text, set: ["order=weakest_first"])] {
      #expect(found.points[0].configuration.orderRule == .weakestFirst)
      #expect(baselines(found) == plain)
    }
    // A list is theirs too, so that they share the runs of such a variant.
    let listed = try parse(
      "variants: {alone: {method: separate, fusion: average_logits}}",
      base: Self.base + "order: [b, a]\n")
    #expect(listed.points.map(\.folder) == ["alone", "alone", "late-fusion-heads-x-0.1"])
    // What is wrong stays wrong.
    #expect(
      message(
        "variants: {joint: {method: joint_concat}}\nsettings: {data.validation: 0.2}", base: decided
      )
      .contains("found weakest_first, expected a list, because method is joint_concat"))
  }

  @Test func `what trains alike is trained once`() throws {
    let found = try parse("variants: {mla: {}, alone: {method: separate}}")
    #expect(found.points.map(\.folder) == ["mla", "alone", "alone", "late-fusion-heads-x-0.1"])
  }

  @Test func `keys of the experiment can be set`() throws {
    let found = try parse(
      "variants: {mla: {}, other: {epochs: 2}}",
      set: ["seeds=0-7", "reference=other", "conditions.missing.rates=[0, 0.5]", "baselines=false"])
    #expect(found.seeds.count == 8 && found.reference == "other" && found.points.count == 2)
    #expect(found.conditions.missing.rates == [0, 0.5] && found.conditions.missing.kind == .exact)
  }

  @Test(arguments: [
    ("variants: {}", "e.yaml:2: variants: found 0 variants, expected 1 to 200"),
    (
      "seeds: 0",
      "e.yaml:1: variants: found nothing, expected a section with a key for each variant"
    ),
    (
      "variants: {a: {optimizer.lr: fast}}",
      "e.yaml:2: variants.a.optimizer.lr: found fast, expected a number above 0 and at most 1000000"
    ),
    (
      "variants: {a: {epoch: 3}}",
      "e.yaml:2: variants.a.epoch: found an unknown key, did you mean 'epochs'?"
    ),
    (
      "variants: {a: {seed: 3}}",
      "e.yaml:2: variants.a.seed: found the seed of a run, which an experiment chooses; write seeds beside variants"
    ),
    (
      "variants: {a: {}}\nvariant: {}",
      "e.yaml:3: variant: found an unknown key, did you mean 'variants'?"
    ),
    (
      "variants: {a: {}}\nseeds: [1, 1]",
      "e.yaml:3: seeds: found [1, 1], expected a list of 1 to 1000 different whole numbers, or the first and the last as 0-7"
    ),
    (
      "variants: {a: {}}\nseeds: 7-0",
      "e.yaml:3: seeds: found 7-0, expected a list of 1 to 1000 different whole numbers, or the first and the last as 0-7"
    ),
    (
      "variants: {a: {}, A: {epochs: 1}}",
      "e.yaml:2: variants.A: found 'A' beside 'a', expected names that differ in letters or digits; rename one, for their runs would share a folder"
    ),
    (
      "variants: {a: {}}\nreference: aa",
      "e.yaml:3: reference: found no variant 'aa', expected one of a, late fusion, late fusion, heads x 0.1"
    ),
    (
      "variants: {a: {}}\nselect: test", "e.yaml:3: select: found test, expected none or validation"
    ),
    (
      "variants: {a: {}}\ngrid: {epochs: 3}",
      "e.yaml:3: grid.epochs: found 3, expected a list of 1 to 100 values"
    ),
    (
      "variants: {a: {evaluation.keep_spoilt: [noise]}}",
      "e.yaml:2: variants.a.evaluation.keep_spoilt: found evaluation.keep_spoilt, which an experiment chooses; write conditions.spoilt"
    ),
    (
      "variants: {a: {}}\nconditions: {spoilt: {kinds: [noise, noise]}}",
      "e.yaml:3: conditions.spoilt.kinds: found [noise, noise], expected a list of swapped, noise, blank, each at most once"
    ),
    (
      "variants: {a: {}}\nconditions: {spoilt: {rates: [1.5]}}",
      "e.yaml:3: conditions.spoilt.rates[0]: found 1.5, expected a number from 0 to 1"
    ),
    (
      "variants: {a: {}}\nfusions: [best]",
      "e.yaml:3: fusions[0]: found best, expected one of own, "
    ),
  ])
  func `what is wrong is one sentence`(text: String, expected: String) {
    let found = message(text)
    #expect(found == expected || expected.hasSuffix(", ") && found.hasPrefix(expected), "\(found)")
  }

  @Test func `runs keep the spoilt inputs that are asked for`() throws {
    func kept(_ spoilt: String) throws -> [String] {
      let found = try parse("variants: {a: {}}\nconditions: {spoilt: \(spoilt)}")
      let kept = Set(found.points.map { $0.configuration.evaluation.spoilt.map(\.rawValue) })
      #expect(kept.count == 1)
      return try #require(kept.first)
    }
    #expect(try kept("{}") == [] && kept("{kinds: [noise]}") == [])
    #expect(try kept("{rates: [0.3]}") == ["noise", "blank"])
    #expect(try kept("{rates: [0.3], kinds: [blank, swapped]}") == ["blank"])
    #expect(try kept("{rates: [0.3], kinds: [swapped]}") == [])
  }

  @Test func `a selection needs a validation split`() {
    let text = "variants: {a: {}, b: {epochs: 2}}\nselect: validation\nbaselines: false\n"
    #expect(
      message(text).hasPrefix(
        "e.yaml:3: select: found validation, but 'a' has no validation split: nothing is selected by test samples; set data.validation above 0"
      ))
    #expect(message(text + "settings: {data.validation: 0.2}") == "accepted")
    #expect(
      message(text + "settings: {data.validation: 0.2}", set: ["data.validation=0"]) != "accepted")
  }

  @Test func `a fusion that is fitted must be that of the runs`() throws {
    let text = "variants: {a: {}}\nfusions: [robust_pool, average_logits]\n"
    #expect(
      message(text).hasPrefix(
        "e.yaml:3: fusions: found robust_pool, which is fitted when a run ends, but the fusion of 'a' is entropy_logits"
      ))
    // With a validation split it is the default; runs that fit it are not those of the baseline.
    let found = try parse(text + "settings: {data.validation: 0.2}")
    #expect(found.points.count == 3)
    let alone = try parse(
      "variants: {a: {method: separate}}\nsettings: {data.validation: 0.2}")
    #expect(alone.points.map(\.folder) == ["a", "a", "late-fusion-heads-x-0.1"])
  }

  @Test func `a rate for all modalities excludes rates of their own`() throws {
    let found = try parse("variants: {a: {missing: {kind: exact, rate: 0.4}}}").points[0]
      .configuration
    #expect(
      found.missing.kind == .exact && found.missing.rate == 0.4 && found.missing.splits == .all)
    #expect(
      message("variants: {a: {missing.rate: 0.4, modalities.b.missing.test: 0.1}}")
        == "e.yaml:2: variants.a.missing.rate: found 0.4 beside modalities.b.missing, expected one of the two: a rate for all modalities together, or one for each"
    )
  }

  @Test(arguments: [
    "table1", "table2", "table3", "order", "hgm-options", "learning-rates", "gap", "fusion",
  ])
  func `the examples are accepted`(name: String) throws {
    let found = try ExperimentDescription.load(
      path: "\(packageFolder)/examples/experiments/\(name).yaml")
    #expect(found.seeds == Array(0...7) && found.points.contains { $0.isBaseline })
  }

  @Test func `the reference has every key with its default`() throws {
    let text = try ConfigurationFile(path: "\(packageFolder)/docs/experiments.md").text
    for table in ExperimentSchema.section.tables(.init(), ExperimentDescription()) {
      #expect(text.contains(table.markdown), "docs/experiments.md should hold:\n\(table.markdown)")
    }
  }
}
