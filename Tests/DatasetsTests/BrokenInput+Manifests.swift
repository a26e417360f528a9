import Datasets

private let header = "id,label,path\n"

extension BrokenInput {
  /// Manifests.
  static let manifests: [BrokenInput] = [
    csv("csv: only line ends", "\r\n\n", "m.csv: is empty"),
    csv("csv: no rows", header, "m.csv: has a header but no rows"),
    csv(
      "csv: a column is missing", "id,path\na,x\n",
      "m.csv:1: there is no column 'label'; the columns are 'id', 'path'"),
    csv(
      "csv: index instead of path", "id,label,index\na,0,1\n",
      "m.csv:1: there is no column 'path'; the columns are 'id', 'label', 'index'"),
    csv(
      "csv: a column twice", "id,label,path,label\na,0,x,1\n",
      "m.csv:1: the column 'label' occurs 2 times"),
    csv(
      "csv: too few fields", header + "a,0,x\nb,1\n",
      "m.csv:3: has 2 fields, but the header has 3"),
    csv(
      "csv: too many fields", header + "a,0,x,y\n", "m.csv:2: has 4 fields, but the header has 3"),
    csv(
      "csv: semicolons", "id;label;path\na;0;\"x;y\"\n",
      "m.csv:1: the columns are separated by semicolons, expected commas\(separators)"),
    csv(
      "csv: semicolons around quoted columns, after an empty line",
      "\u{feff}\r\n\"id\";\"label\";\"path\"\r\n\"a\";\"0\";\"x\"\r\n",
      "m.csv:2: the columns are separated by semicolons, expected commas\(separators)"),
    csv(
      "csv: tabs, and a quote in line 2", "id\tlabel\ttext\na\t0\tsay \"x\"\n",
      "m.csv:1: the columns are separated by tabs, expected commas\(separators)", column: .text),
    csv(
      "csv: tabs, and a comma in another column's name",
      "id\tlabel\tindex\tplace, time\na\t0\t1\tx\n",
      "m.csv:1: the columns are separated by tabs, expected commas\(separators)", column: .index),
    csv(
      "csv: vertical bars, and a column is missing", "id|label\na|0\n",
      "m.csv:1: the columns are separated by vertical bars, expected commas\(separators)"),
    csv(
      "csv: a semicolon in a column's name", "id,a;b,path\na,0,x\n",
      "m.csv:1: there is no column 'label'; the columns are 'id', 'a;b', 'path'"),
    BrokenInput(
      "csv: gzip", ["m.csv": Handmade.gzip(Array((header + "a,0,x\n").utf8))],
      "m.csv: is compressed with gzip; unpack it first, with gunzip"
    ) { _ = try Manifest.load(path: "\($0)/m.csv", classes: classes, column: .path) },
    csv("csv: empty id", header + "a,0,x\n,1,y\n", "m.csv:3: the id is empty"),
    csv(
      "csv: blank before an id", header + "\" a\",0,x\n",
      "m.csv:2: the id ' a' begins or ends with white space"),
    csv(
      "csv: duplicate id", header + "a,0,x\nb,1,\"y\nz\"\na,2,w\n",
      "m.csv:5: the id 'a' stands already at m.csv:2"),
    csv(
      "csv: label out of range", header + "a,3,x\n",
      "m.csv:2: the label is '3', expected 0 to 2 or one of 'cat', 'dog', 'owl'"),
    csv(
      "csv: negative label", header + "a,-1,x\n",
      "m.csv:2: the label is '-1', expected 0 to 2 or one of 'cat', 'dog', 'owl'"),
    csv(
      "csv: label is a fraction", header + "a,1.0,x\n",
      "m.csv:2: the label is '1.0', expected 0 to 2 or one of 'cat', 'dog', 'owl'"),
    csv(
      "csv: unknown class", header + "a,cow,x\n",
      "m.csv:2: the label is 'cow', expected 0 to 2 or one of 'cat', 'dog', 'owl'"),
    csv("csv: empty path", header + "a,0,\n", "m.csv:2: the path is empty"),
    csv(
      "csv: index is no number", "id,label,index\na,0,one\n",
      "m.csv:2: the index is 'one', expected a row number from 0", column: .index),
    csv(
      "csv: negative index", "id,label,index\na,0,-1\n",
      "m.csv:2: the index is '-1', expected a row number from 0", column: .index),
    csv(
      "csv: index beyond 64 bits", "id,label,index\na,0,99999999999999999999\n",
      "m.csv:2: the index is '99999999999999999999', expected a row number from 0", column: .index),
    csv(
      "csv: quote never closed", header + "a,0,x\nb,0,\"y\nc,0,z\n",
      "m.csv:3: a quoted field is never closed"),
    csv(
      "csv: quote inside a field", header + "a,0,x\"y\"\n",
      "m.csv:2: a quote inside an unquoted field; quote the whole field and double the quotes"
        + " in it"),
    csv(
      "csv: text after a quote", header + "a,0,\"x\"y\n",
      "m.csv:2: text after a closing quote; double a quote inside a field"),
    BrokenInput(
      "csv: Latin-1", ["m.csv": Array((header + "a,0,x\nb,1,Gr").utf8) + [0xf6, 0xdf, 0x65, 10]],
      "m.csv:3: is not UTF-8 text; save the file as UTF-8"
    ) { _ = try Manifest.load(path: "\($0)/m.csv", classes: classes, column: .path) },
    BrokenInput(
      "csv: UTF-16", ["m.csv": [0xff, 0xfe] + header.utf8.flatMap { [$0, 0] }],
      "m.csv:1: is not UTF-8 text; save the file as UTF-8"
    ) { _ = try Manifest.load(path: "\($0)/m.csv", classes: classes, column: .path) },
  ]

  private static let separators =
    "; save the file with commas, and with fields in quotes where they hold commas"
}
