import Testing

@testable import Configuration

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("", "", 0), ("lr", "lr", 0), ("bacth", "batch", 1), ("epoch", "epochs", 1), ("LR", "lr", 0),
    ("kitten", "sitting", 3), ("", "abc", 3), ("ca", "abc", 3),
  ]) func `the distance counts additions, losses, changes and swaps`(
    first: String, second: String, distance: Int
  ) {
    #expect(editDistance(first, second) == distance)
    #expect(editDistance(second, first) == distance)
  }

  @Test func `only near names are suggested`() {
    let names = ["batch_size", "epochs", "seed"]
    #expect(nearestName(to: "batchsize", among: names) == "batch_size")
    #expect(nearestName(to: "sed", among: names) == "seed")
    #expect(nearestName(to: "x", among: names) == nil)
    #expect(nearestName(to: "temperature", among: names) == nil)
    #expect(nearestName(to: String(repeating: "seed", count: 1_000), among: names) == nil)
  }
}
