import Testing

@testable import Planning

@Suite struct LayoutSearchTests {
  private func best(
    _ model: CostModel, _ run: PlannedRun, threads: [Int] = [1], fixed: Set<Int> = []
  ) -> PlannedRun? {
    LayoutSearch(model, free: Set(run.modalities.indices), threads: threads)
      .candidates(for: run, fixedShards: fixed).first?.run
  }

  @Test func `the slowest modality gets the cores`() {
    var light = MadeUp.modality("text")
    light.passes = light.passes.map {
      var pass = $0
      pass.forward = .init(exactly: $0.forward.median / 8)
      pass.backward = .init(exactly: $0.backward.median / 8)
      pass.processor /= 8
      return pass
    }
    let run = PlannedRun([.init("video", profile: 0), .init("text", profile: 1)])
    let found = best(MadeUp.model(cores: 5, [MadeUp.modality(), light]), run)
    #expect(found?.modalities.map(\.ranks) == [4, 1])
  }

  @Test func `threads are chosen where ranks are no better`() {
    let found = best(MadeUp.model(cores: 2), MadeUp.run(), threads: [1, 2])
    #expect(found?.modalities.map(\.ranks) == [1] && found?.modalities[0].threads == 2)
  }

  @Test func `ranks are chosen where threads do not help`() {
    var stiff = MadeUp.modality()
    stiff.threads = Curve([.init(1, 1), .init(2, 0.9)])
    let found = best(MadeUp.model(cores: 2, [stiff]), MadeUp.run(), threads: [1, 2])
    #expect(found?.modalities.map(\.ranks) == [2] && found?.modalities[0].threads == 1)
  }

  @Test func `fixed shards are divided into subtrees`() {
    // 12 shards: 3 ranks have 4 each, 6 have 2, 12 have 1; 2 would have 6, 4 would have 3.
    let found = best(MadeUp.model(cores: 5), MadeUp.run(shards: 12), fixed: [0])
    #expect(found?.modalities.map(\.ranks) == [3] && found?.modalities[0].shards == 12)
  }

  @Test func `no search of all layouts finds a better one`() {
    var light = MadeUp.modality("text")
    light.passes = light.passes.map {
      var pass = $0
      pass.backward = .init(exactly: $0.backward.median / 3)
      return pass
    }
    let model = MadeUp.model(cores: 7, [MadeUp.modality(), light])
    let run = PlannedRun([.init("video", profile: 0), .init("text", profile: 1)])
    var least = Double.infinity
    for video in 1...6 {
      for text in 1...(7 - video) {
        var layout = run
        (layout.modalities[0].ranks, layout.modalities[0].shards) = (video, video)
        (layout.modalities[1].ranks, layout.modalities[1].shards) = (text, text)
        least = min(least, model.predict(layout).cycle)
      }
    }
    let found = best(model, run).map { model.predict($0).cycle } ?? .infinity
    #expect(found <= 1.02 * least)
  }
}
