import Testing

@testable import Storage

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("", "", 0), ("lr", "lr", 0), ("bacth", "batch", 1), ("epoch", "epochs", 1), ("LR", "lr", 2),
    ("kitten", "sitting", 3), ("", "abc", 3), ("ca", "abc", 3),
  ]) func `the distance counts additions, losses, changes and swaps`(
    first: String, second: String, distance: Int
  ) {
    let (a, b) = (Array(first), Array(second))
    #expect(editDistance(a, b, swaps: true) == distance)
    #expect(editDistance(b, a, swaps: true) == distance)
  }

  @Test func `a swap is two changes where none is counted`() {
    #expect(editDistance(Array("bacth"), Array("batch")) == 2)
    #expect(editDistance(Array("kitten"), Array("sitting")) == 3)
    #expect(editDistance([1, 2, 3], [1, 3]) == 1)
  }

  @Test func `only near names are suggested`() {
    let names = ["batch_size", "epochs", "seed"]
    #expect(nearestName(to: "batchsize", among: names) == "batch_size")
    #expect(nearestName(to: "sed", among: names) == "seed")
    #expect(nearestName(to: "SEED", among: names) == "seed")
    #expect(nearestName(to: "x", among: names) == nil)
    #expect(nearestName(to: "temperature", among: names) == nil)
    #expect(nearestName(to: String(repeating: "seed", count: 1_000), among: names) == nil)
  }
}
