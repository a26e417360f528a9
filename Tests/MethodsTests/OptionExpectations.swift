import Methods
import Testing

@testable import Configuration

private struct Holder: Equatable { var method = MethodChoice(AlternatingAdaptation()) }

private func read<M: TrainingMethod>(_ yaml: String, of method: M.Type) throws -> Holder {
  let section = Section<Holder>(fields: [
    Field(nameOrSection: "method", \.method, MethodSchema.table(of: [method]), "the method")
  ])
  var composer = YAMLComposer(file: "run.yaml", limits: ReadingLimits(for: "".utf8))
  let node = try #require(try composer.compose("method: \(yaml)"))
  var holder = Holder()
  try section.read(node, into: &holder, Scope())
  // What is written is read back.
  guard case .section(let entries)? = section.fields[0].write(holder, Scope()) else {
    return holder
  }
  #expect(entries.map(\.key) == ["kind"] + M.options.map(\.key))
  return holder
}

/// Expects that a method with an option is read from a configuration.
func expectOption<M: TrainingMethod>(
  _ yaml: String, of method: M.Type, _ isAsExpected: (M) -> Bool
) throws {
  let found = try #require(try read(yaml, of: method).method.method as? M)
  #expect(isAsExpected(found), "\(found)")
}

/// Expects that a method with such options is refused with a sentence that ends so.
func expectRefusal<M: TrainingMethod>(_ yaml: String, of method: M.Type, _ end: String) throws {
  let error = #expect(throws: ConfigurationError.self) { try read(yaml, of: method) }
  #expect(error?.description.hasSuffix(end) == true, "\(String(describing: error))")
}
