import Storage
import Testing

@testable import Configuration

@Suite struct OverrideTests {
  @Test func `an override replaces a value of the file`() throws {
    let run = try parse(minimal + "seed: 3\n", overrides: ["seed=4", "optimizer.lr=1e-3"])
    #expect(run.seed == 4)
    #expect(run.optimizer.learningRate == 1e-3)
  }

  @Test func `the last of several overrides wins`() throws {
    #expect(try parse(minimal, overrides: ["seed=1", "seed=2"]).seed == 2)
  }

  @Test func `an override makes the sections that lead to it`() throws {
    let run = try parse(
      minimal, overrides: ["modalities.a.encoder.hidden=[8, 9]", "modalities.a.missing.test=0.5"])
    #expect(run.yaml.contains("hidden: [8, 9]"))
    #expect(run.modalities[0].missingTest == 0.5)
  }

  @Test func `an override can be a whole section, and a whole modality`() throws {
    let run = try parse(
      minimal,
      overrides: ["modalities.b={data: {kind: synthetic, component: weak}}", "hgm={bias: true}"])
    #expect(run.modalities.map(\.name) == ["a", "b"])
    #expect(run.order == [0, 1])
    #expect(run.hgm.includesBias)
  }

  @Test func `nothing after the equals sign is null`() throws {
    let run = try parse(minimal + "execution: {threads: 2}\n", overrides: ["execution.threads="])
    #expect(run.execution.threads == nil)
  }

  @Test func `values may contain equals signs`() throws {
    #expect(try parse(minimal, overrides: ["classes=[a=b, c]"]).classes == ["a=b", "c"])
  }

  @Test func `a root in the file starts from the file's folder`() throws {
    #expect(try parse(minimal).data.root == "/data")
    #expect(try parse(minimal + "data: {root: x/./y//z/}\n").data.root == "/data/x/y/z")
    #expect(try parse(minimal + "data: {root: /}\n").data.root == "/")
    #expect(try parse(minimal + "data: {root: .}\n").data.root == "/data")
    #expect(try parse(minimal + "data: {root: /\u{301}a/b}\n").data.root == "/\u{301}a/b")
  }

  @Test func `two dots in a root stay, because only the system knows what is behind a link`() throws
  {
    #expect(try parse(minimal + "data: {root: link/../x}\n").data.root == "/data/link/../x")
    #expect(try parse(minimal + "data: {root: /abs/../x/}\n").data.root == "/abs/../x")
    #expect(try parse(minimal + "data: {root: ../..}\n").data.root == "/data/../..")
    let run = try RunConfiguration.parse(minimal, file: "x", baseDirectory: "link/..")
    #expect(try run.data.root == "\(currentFolder())/link/..")
  }

  @Test func `a tilde that no shell has seen is refused`() throws {
    for root in ["~", "~/x", "~somebody/x"] {
      Broken(
        root, minimal + "data: {root: \"\(root)\"}\n",
        "run.yaml:5: data.root: found \"\(root)\", expected the path of a folder; shells know what "
          + "'~' means there, files do not: write it out"
      ).check()
      #expect(throws: ConfigurationError.self) {
        try parse(minimal, overrides: ["data.root='\(root)'"])
      }
    }
    // Here it is a part of a name.
    #expect(try parse(minimal + "data: {root: x~/y~}\n").data.root == "/data/x~/y~")
    #expect(try parse(minimal + "data: {root: ./~/x}\n").data.root == "/data/~/x")
  }

  @Test func `a root on the command line starts from the current folder`() throws {
    let run = try parse(minimal + "data: {root: ../x}\n", overrides: ["data.root=sub/../here"])
    #expect(try run.data.root == "\(currentFolder())/sub/../here")
    let section = try parse(minimal, overrides: ["data={root: here}"])
    #expect(try section.data.root == "\(currentFolder())/here")
  }

  @Test func `a relative base folder starts from the current one`() throws {
    let run = try RunConfiguration.parse(minimal, file: "x", baseDirectory: "sub")
    #expect(try run.data.root == "\(currentFolder())/sub")
  }

  @Test func `an override with too many keys is refused`() {
    let path = String(repeating: "a.", count: 100_000) + "a=1"
    #expect(throws: ConfigurationError.self) { try parse(minimal, overrides: [path]) }
  }
}
