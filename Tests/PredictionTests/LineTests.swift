import TestSupport
import Testing

@testable import Prediction

/// Predictions as lines of text, by hand.
@Suite struct LineTests {
  private let sample = PredictedSample(
    id: "a \"b\",\u{1}c", prediction: 1, probabilities: [0.25, 0.5, 0.25],
    voices: [
      .init(
        modality: "x", weight: 0.5, prediction: 1, entropy: 1.5, spoiltFactor: 2,
        logits: [1, 2, -0.5]
      ), nil,
    ])
  private let nothing = PredictedSample(
    id: "n", prediction: nil, probabilities: [], voices: [nil, nil])

  private func lines(
    _ format: PredictionFormat, top: Int? = nil, logits: Bool = false
  ) -> PredictionLines {
    PredictionLines(
      format, top: top, writesLogits: logits, classes: ["u", "v,w", "z"], modalities: ["x", "y"])
  }

  @Test func `CSV has a column for each class and five for each modality`() {
    let all = lines(.csv)
    #expect(
      all.header
        == "id,prediction,probability,probability.u,\"probability.v,w\",probability.z,x.present,x.weight,x.prediction,x.entropy,x.spoilt,y.present,y.weight,y.prediction,y.entropy,y.spoilt"
    )
    #expect(
      all.line(sample)
        == "\"a \"\"b\"\",\u{1}c\",\"v,w\",0.5,0.25,0.5,0.25,1,0.5,\"v,w\",1.5,2.0,0,,,,")
    #expect(all.line(nothing) == "n,,,,,,0,,,,,0,,,,")
    let top = lines(.csv, top: 2, logits: true)
    #expect(
      top.header?.hasPrefix(
        "id,prediction,probability,top1,top1.probability,top2,top2.probability,x.present") == true)
    #expect(
      top.line(sample)
        == "\"a \"\"b\"\",\u{1}c\",\"v,w\",0.5,\"v,w\",0.5,u,0.25,1,0.5,\"v,w\",1.5,2.0,1.0,2.0,-0.5,0,,,,,,,"
    )
  }

  @Test func `JSON lines have the same`() {
    #expect(lines(.jsonl).header == nil)
    #expect(
      lines(.jsonl, logits: true).line(sample)
        == #"{"id":"a \"b\",\u0001c","prediction":"v,w","probability":0.5,"probabilities":{"u":0.25,"v,w":0.5,"z":0.25},"modalities":{"x":{"present":true,"weight":0.5,"prediction":"v,w","entropy":1.5,"spoilt":2.0,"logits":[1.0,2.0,-0.5]},"y":{"present":false}}}"#
    )
    #expect(
      lines(.jsonl, top: 9).line(nothing)
        == #"{"id":"n","prediction":null,"probability":null,"top":[],"modalities":{"x":{"present":false},"y":{"present":false}}}"#
    )
    #expect(
      lines(.jsonl, top: 1).line(sample).contains(
        #""top":[{"class":"v,w","probability":0.5}]"#))
  }
}
