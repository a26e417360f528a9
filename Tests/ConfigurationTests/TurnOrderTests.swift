import Methods
import Testing

@testable import Configuration

/// The words that the key `order` takes beside a list.
@Suite struct TurnOrderTests {
  private let pair = """
    classes: 2
    modalities:
      a: {data: {kind: synthetic}}
      b: {data: {kind: synthetic}}

    """

  @Test func `an order that is decided is written as it was read, and begins as listed`() throws {
    let run = try parse(pair + "data: {validation: 0.1}\norder: weakest_first\n")
    #expect(run.orderRule == .weakestFirst && run.order == [0, 1])
    #expect(run.yaml.contains("\norder: weakest_first\n"))
    #expect(try parse(run.yaml) == run)
    let strongest = try parse(pair + "data: {validation: 0.1}\norder: \"strongest_first\"\n")
    #expect(strongest.orderRule == .strongestFirst)
    let listed = try parse(pair + "order: weakest_first\n", overrides: ["order=[b, a]"])
    #expect(listed.orderRule == nil && listed.order == [1, 0])
  }

  @Test(arguments: [
    (
      "order: weakest_first",
      "found weakest_first, which goes by losses on a validation split, but data.validation is 0; set it, to 0.1 for instance, or list the modalities"
    ),
    (
      "data: {validation: 0.1}\nmethod: separate\norder: strongest_first",
      "found strongest_first, expected a list, because method is separate: only the turns of mla have an order that anything is learned by"
    ),
    (
      "order: weakest_frist",
      "found weakest_frist, expected a list that names every modality once, or weakest_first or strongest_first; did you mean 'weakest_first'?"
    ),
  ])
  func `an order that nothing can decide is refused`(text: String, problem: String) {
    let error = #expect(throws: ConfigurationError.self) { try parse(pair + text + "\n") }
    #expect(error?.problem == problem)
  }
}
