import Reports

extension Readers {
  /// What a run has left, as its page reads it: whatever it is, there is a page, or one sentence.
  static let reports = [
    reader(
      "report-metrics", "metrics.jsonl", [metrics],
      keys: [
        "epoch", "fused", "modalities", "head", "interference", "logit_shift", "learning_rate",
      ]),
    reader(
      "report-evaluation", "evaluation.json", [evaluation],
      keys: ["predictors", "confusion", "bins", "count", "weights", "from", "to", "counts", "name"]),
    reader(
      "report-classes", "classes.csv",
      ["predictor,class,support,precision,recall,f1\nfused (x),\"a, \"\"b\"\"\",3,0.5,1,0.6\n"],
      keys: []),
  ]

  private static let metrics =
    #"{"epoch":1,"seconds":2,"training":{"a":{"loss":1}},"fused":{"energy":{"accuracy":0.5}},"modalities":{"a":{"accuracy":0.5,"loss":1},"b":{"accuracy":0.25}},"head":{"projector_norms":[3],"interference":{"drift":1,"logit_shift":[[1,2],[3,4]],"gradient_cosine":[[null,0.5],[0.5,null]]}}}"#
    + "\n"
  private static let evaluation =
    #"{"format":1,"modalities":["a","b"],"predictors":[{"name":"energy","is_fused":true,"confusion":[[0,1,3],[1,1,2],[1,-1,1]],"bins":{"count":[3],"confidence":[1.5],"right":[2]}}],"weights":[{"name":"a","from":0,"to":1,"median":0.5,"counts":[1,2]}],"presence":[{"modalities":["a"],"samples":3}]}"#
    + "\n"

  private static func reader(
    _ name: String, _ file: String, _ seeds: [String], keys: [String]
  ) -> Reader {
    Reader(name, file: file, TextFormat.json(seeds: seeds, keys: keys), share: 50) { folder in
      if file != "metrics.jsonl" { try folder.write(Array(metrics.utf8), to: "metrics.jsonl") }
      return { _ in
        let page = try ReportWriter.page(of: [folder.path])
        let isSteered = page.unicodeScalars.contains {
          $0.value < 0x20 && $0 != "\n" || (0x202A...0x202E).contains($0.value)
        }
        guard page.hasSuffix("</html>\n"), !isSteered else {
          throw Misbehaviour("the page is not whole, or steers who looks at it")
        }
      }
    }
  }
}
