import Exchange
import Methods
import Tensors
import Testing

@Suite struct NoteMeanTests {
  @Test func `means are of what was told, number by number`() {
    let means = NoteMeans([NoteShape("score", 2), NoteShape("loss")])
    means.add([MethodNote("score", [1, .nan]), MethodNote("other", [7])])
    means.add([MethodNote("score", [2, 5]), MethodNote("loss", [4])])
    let found = means.finish()
    #expect(found == [MethodNote("score", [1.5, 5]), MethodNote("loss", [4])])
    // The next epoch begins anew.
    let nothing = means.finish()
    #expect(nothing.map(\.name) == ["score", "loss"])
    #expect(nothing.flatMap(\.values).allSatisfy { $0.isNaN })
  }

  @Test func `an epoch goes on in its middle`() throws {
    let shapes = [NoteShape("score", 2)]
    let (first, second) = (NoteMeans(shapes), NoteMeans(shapes))
    first.add([MethodNote("score", [1, 2])])
    for (from, to) in zip(first.state, second.state) {
      if let values = from.values(of: Double.self) { to.restore(values) }
      if let values = from.values(of: Int64.self) { to.restore(values) }
    }
    second.add([MethodNote("score", [3, .infinity])])
    #expect(second.finish() == [MethodNote("score", [2, 2])])
    #expect(NoteMeans([]).state.isEmpty)
  }
}
