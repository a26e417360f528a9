import Configuration
import Datasets
import Networks
import Testing

@testable import Scaling

/// What an experiment makes of a configuration, and what it refuses.
@Suite struct PlanTests {
  private static func configuration(_ names: [String] = ["audio", "video"]) -> RunConfiguration {
    var configuration = RunConfiguration(
      classes: ["a", "b"],
      modalities: names.map {
        ModalityConfiguration(
          name: $0, source: .synthetic(SyntheticOptions()), encoder: .mlp(MLPOptions()))
      })
    configuration.batchSize = 50
    return configuration
  }

  private static func plan(_ change: (inout ScalingPlan) -> Void) -> ScalingPlan {
    var plan = ScalingPlan()
    plan.cores = 2
    change(&plan)
    return plan
  }

  private static let refusals: [(String, ScalingPlan)] = [
    ("name what is scaled", plan { _ in }),
    (
      "a layout of 4 ranks was asked for, but this machine has 2 cores",
      plan { $0.modalities = [2, 4] }
    ),
    (
      "a layout of 4 ranks was asked for, but the hosts of h have 2 slots",
      plan { ($0.replicas, $0.hostFile) = ([1, 4], "h") }
    ),
    (
      "--modality: found 'text', expected one of audio, video",
      plan { ($0.replicas, $0.scaledModality) = ([1], "text") }
    ),
    (
      "--replicas: found 2 beside 3 shards",
      plan { ($0.replicas, $0.shards) = ([1, 2], 3) }
    ),
    (
      "--replicas: found 2 beside 6 shards",
      plan { ($0.replicas, $0.shards) = ([2], 6) }
    ),
    (
      "--modalities: found 65, expected at most 64",
      plan { ($0.modalities, $0.standIns) = ([65], 20) }
    ),
  ]

  @Test(arguments: refusals)
  func `what says nothing is refused with a sentence`(_ start: String, _ plan: ScalingPlan) {
    let error = #expect(throws: ScalingError.self) { try plan.check(Self.configuration()) }
    #expect(error?.description.hasPrefix(start) == true, "\(error?.description ?? "")")
  }

  @Test func `stand-ins may be more than cores, and real encoders as many`() throws {
    try Self.plan { ($0.modalities, $0.standIns) = ([2, 64], 20) }.check(Self.configuration())
    try Self.plan { ($0.modalities, $0.replicas) = ([2], [1, 2]) }.check(Self.configuration())
    try Self.plan { ($0.replicas, $0.shards) = ([1], 3) }.check(Self.configuration())
  }

  @Test func `modalities are repeated under names of their own`() {
    var two = Self.configuration(["audio", "audio-2"])
    (two.modalities[0].ranks, two.modalities[1].choosesRanks) = (4, true)
    let five = two.laidOut(
      Layout(.weak, 5), ScalingPlan(), scaled: "")
    #expect(
      five.modalities.map(\.name) == ["audio", "audio-2", "audio-3", "audio-2-2", "audio-4"])
    #expect(five.order == [0, 1, 2, 3, 4] && five.execution.threads == 1)
    #expect(five.modalities.allSatisfy { $0.ranks == 1 && !$0.choosesRanks })
    #expect(
      Self.configuration().laidOut(Layout(.weak, 1), ScalingPlan(), scaled: "").modalities.map(
        \.name) == ["audio"])
  }

  @Test func `a layout's configuration can be read`() throws {
    let plan = Self.plan { $0.standIns = 20 }
    let laid = Self.configuration().laidOut(Layout(.weak, 3), plan, scaled: "")
    let read = try RunConfiguration.parse(laid.yaml, file: "layout", baseDirectory: nil)
    #expect(read == laid)
    #expect(laid.modalities.map(\.encoder).allSatisfy { $0 == standIn(0.4) })
  }

  private func standIn(_ milliseconds: Double) -> EncoderArchitecture {
    var options = StandInOptions()
    options.sampleMilliseconds = milliseconds
    return .standIn(options)
  }

  @Test func `a modality on more ranks is alone, with one number of shards in all layouts`() {
    let plan = Self.plan { $0.replicas = [1, 2, 4] }
    let strong = Layout(.strong, 2)
    #expect(
      Self.configuration().laidOut(strong, plan, scaled: "video").modalities.map(\.name) == [
        "video"
      ])
    #expect(
      strong.overrides(plan, scaled: "video") == [
        "modalities.video.ranks=2", "modalities.video.shards=4",
      ])
    #expect(Layout(.weak, 2).overrides(plan, scaled: "video").isEmpty)
    #expect(Layout(.strong, 1).overrides(Self.plan { $0.replicas = [1] }, scaled: "a").isEmpty)
  }
}
