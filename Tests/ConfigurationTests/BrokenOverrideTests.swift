import Testing

@testable import Configuration

@Suite struct BrokenOverrideTests {
  @Test(arguments: cases) func `an override that cannot be used is refused`(broken: Broken) {
    broken.check()
  }

  static let cases: [Broken] = [
    Broken(
      "--set without a value", minimal, set: ["optimizer.lr"],
      "--set optimizer.lr: found no 'path.to.key=value', expected for example "
        + "optimizer.lr=0.01"),
    Broken(
      "--set with an empty key", minimal, set: ["optimizer..lr=1"],
      "--set optimizer..lr=1: found no 'path.to.key=value', expected for example optimizer.lr=0.01"),
    Broken(
      "--set of a wrong value", minimal, set: ["optimizer.lr=fast"],
      "--set optimizer.lr: found fast, expected a number above 0 and at most 1000000"),
    Broken(
      "--set of a wrong value in a section", minimal, set: ["optimizer={lr: -1}"],
      "--set optimizer: optimizer.lr: found -1, expected a number above 0 and at most 1000000"),
    Broken(
      "--set of an unknown key", minimal, set: ["optimiser.lr=0.1"],
      "--set optimiser.lr: optimiser: found an unknown key, did you mean 'optimizer'?"),
    Broken(
      "--set through a value", minimal, set: ["seed.low=1"],
      "--set seed.low: seed: found a section of keys, expected a whole number from 0 to "
        + "18446744073709551615"),
    Broken(
      "--set through a list", minimal + "order: [a]\n", set: ["order.a=1"],
      "--set order.a: found [a] at 'order', expected a section that has a key 'a'"),
    Broken(
      "--set of an unknown modality", minimal, set: ["modalities.b.ranks=1"],
      "--set modalities.b.ranks: found no modality 'b', expected one of a"),
    Broken(
      "--set of broken YAML", minimal, set: ["order=[a"],
      "--set order: found broken YAML (while parsing a flow sequence: did not find expected "
        + "',' or ']'), expected 'key: value' lines; indent with spaces, close brackets and "
        + "quotes"),
    Broken(
      "--set of a key twice", minimal, set: ["hgm={bias: true, bias: false}"],
      "--set hgm: found the key 'bias' twice, expected it once; remove one"),
  ]
}
