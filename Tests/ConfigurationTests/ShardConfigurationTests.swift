import Testing

@testable import Configuration

@Suite struct ShardConfigurationTests {
  @Test(arguments: cases) func `shards that cannot be are refused`(broken: Broken) {
    broken.check()
  }

  private static let cases: [Broken] = [
    Broken(
      "more shards than samples", minimal + "    shards: 65\n",
      "run.yaml:5: modalities.a.shards: found 65, expected at most batch_size, which is 64: a shard "
        + "without samples gives nothing"),
    Broken(
      "no part of the tree at once", minimal + "    shards: 12\n    shards_at_once: 3\n",
      "run.yaml:6: modalities.a.shards_at_once: found 3, expected a power of two that divides the 12 "
        + "shards of a rank, or all of them"),
    Broken(
      "no divisor at once", minimal + "    shards: 6\n    shards_at_once: 4\n",
      "run.yaml:6: modalities.a.shards_at_once: found 4, expected a power of two that divides the 6 "
        + "shards of a rank, or all of them"),
    Broken(
      "no shards", minimal + "    shards: 0\n",
      "run.yaml:5: modalities.a.shards: found 0, expected a whole number from 1 to 1024"),
  ]

  @Test func `a run that says nothing has one shard, and the resolved file says so`() throws {
    let run = try parse(minimal)
    #expect(run.modalities[0].sharding == ShardOptions())
    #expect(run.yaml.contains("    shards: 1\n    shards_at_once: null\n    batch_norm: local\n"))
    #expect(
      try parse(minimal + "    shards: 6\n    shards_at_once: 2\n").modalities[0].sharding.count
        == 6)
  }

  @Test func `ranks have as many shards unless the file says more, by a power of two`() throws {
    var modality = try parse(minimal).modalities[0]
    func node(_ text: String) throws -> ConfigurationNode {
      var composer = YAMLComposer(file: "run.yaml", limits: ReadingLimits(for: text.utf8))
      return try #require(try composer.compose(text))
    }
    modality.ranks = 3
    try ShardSchema.complete(&modality, node("ranks: 3\n"))
    #expect(modality.sharding.count == 3)
    for count in [3, 6, 12, 24] {
      modality.sharding.count = count
      try ShardSchema.check(modality, node("shards: \(count)\n"))
    }
    for count in [1, 4, 9, 18] {
      modality.sharding.count = count
      let error = #expect(throws: ConfigurationError.self) {
        try ShardSchema.check(modality, node("shards: \(count)\n"))
      }
      #expect(
        error?.description
          == "run.yaml:1: shards: found \(count), expected 1, 2, 4, 8, … times `ranks`, which is 3: a "
          + "rank's shards must be a part of the tree in which gradients are added")
    }
  }

  @Test func `a run goes on with as many shards as it began with, however they are computed`()
    throws
  {
    let old = try parse(minimal + "    shards: 4\n").yaml
    let at = try ConfigurationChanges(
      from: old, to: parse(minimal + "    shards: 4\n    shards_at_once: 1\n"))
    #expect(at.inexact == [] && at.another == [])
    let norm = try ConfigurationChanges(
      from: old, to: parse(minimal + "    shards: 4\n    batch_norm: synchronised\n"))
    #expect(norm.inexact == ["modalities.a.batch_norm was local and is now synchronised"])
    #expect(norm.another == [])
    let fewer = try ConfigurationChanges(from: old, to: parse(minimal + "    shards: 2\n"))
    #expect(fewer.another == ["modalities.a.shards was 4 and is now 2"])
  }
}
