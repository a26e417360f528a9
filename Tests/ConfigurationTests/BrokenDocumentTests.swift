import Testing

@testable import Configuration

@Suite struct BrokenDocumentTests {
  @Test(arguments: cases) func `a document that is not YAML, or not one section, is refused`(
    broken: Broken
  ) {
    broken.check()
  }

  static let cases: [Broken] = [
    Broken(
      "an empty text", "",
      "run.yaml: found an empty file, expected a configuration; start from a file in examples/"),
    Broken(
      "comments alone", "# nothing\n",
      "run.yaml: found an empty file, expected a configuration; start from a file in examples/"),
    Broken(
      "a list instead of a section", "- classes: 2\n",
      "run.yaml:1: found a list of length 1, expected a configuration of 'key: value' lines; "
        + "start from one in examples/"),
    Broken(
      "two documents", minimal + "---\nclasses: 3\n",
      "run.yaml:5: found a second document, expected one; remove the '---'"),
    Broken(
      "a tab for indentation", "classes: 2\nmodalities:\n\ta: 1\n",
      "run.yaml:3: found broken YAML (while scanning for the next token: found character "
        + "that cannot start any token), expected 'key: value' lines; indent with spaces, close "
        + "brackets and quotes"),
    Broken(
      "an open bracket", "classes: [a, b\nmodalities: {}\n",
      "run.yaml:2: found broken YAML (while parsing a flow sequence: did not find expected "
        + "',' or ']'), expected 'key: value' lines; indent with spaces, close brackets and "
        + "quotes"),
    Broken(
      "a colon too many", "classes: 2: 3\n",
      "run.yaml:1: found broken YAML (mapping values are not allowed in this context), "
        + "expected 'key: value' lines; indent with spaces, close brackets and quotes"),
    Broken(
      "an open quote", "classes: 2\nfusion: \"entropy\n",
      "run.yaml:3: found broken YAML (while scanning a quoted scalar: found unexpected end "
        + "of stream), expected 'key: value' lines; indent with spaces, close brackets and quotes"),
    Broken(
      "a control character", "classes: 2\nfusion: a\u{7}b\n",
      "run.yaml:2: found a character that YAML forbids (control characters are not allowed), "
        + "expected readable text; remove the character"),
    Broken(
      "an unknown alias", minimal + "seed: *none\n",
      "run.yaml:5: found an alias that cannot be followed (found undefined alias), expected "
        + "one with its anchor above it; write the value out"),
    Broken(
      "an alias of itself", minimal + "order: &o [*o]\n",
      "run.yaml:5: found an alias that cannot be followed (found undefined alias), expected "
        + "one with its anchor above it; write the value out"),
    Broken(
      "aliases of aliases",
      "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + zip("abcdefgh", "bcdefghi").map { from, to in
          "\(to): &\(to) [" + String(repeating: "*\(from), ", count: 8) + "*\(from)]\n"
        }.joined(),
      "run.yaml: found aliases that multiply, expected at most one level of them; write the "
        + "values out"),
    Broken(
      "a foreign tag", minimal + "seed: !!python/object 1\n",
      "run.yaml:5: found the tag 'tag:yaml.org,2002:python/object', expected a plain value; "
        + "remove it"),
    Broken(
      "a merge key", minimal + "optimizer: &o {lr: 1}\nhgm: {<<: *o}\n",
      "run.yaml:6: found the merge key '<<', expected a name; write the values out"),
    Broken(
      "a list as a key", minimal + "[a, b]: 1\n",
      "run.yaml:5: found a list or a section as a key, expected a name"),
    Broken(
      "brackets without end",
      minimal + "order: " + String(repeating: "[", count: 20) + String(repeating: "]", count: 20),
      "run.yaml:5: found values more than 16 levels deep, expected a configuration; check "
        + "the brackets"),
    Broken(
      "a key twice", minimal + "seed: 1\nepochs: 2\nseed: 3\n",
      "run.yaml:7: found the key 'seed' in line 5 and again here, expected it once; remove one"),
    Broken(
      "a key three times, quoted once", minimal + "optimizer:\n  lr: 1\n  'lr': 2\n  lr: 3\n",
      "run.yaml:7: found the key 'lr' in line 6 and again here, expected it once; remove one"),
    Broken(
      "a key twice in braces", minimal + "hgm: {lambda: 1, lambda: 2}\n",
      "run.yaml:5: found the key 'lambda' in line 5 and again here, expected it once; remove one"),
  ]
}
