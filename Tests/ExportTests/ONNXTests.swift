import MLA
import Networks
import Schemas
import Storage
import TestSupport
import Tensors
import Testing

@testable import Export

/// Graphs are whole, and of operators that their opset has. What they compute, Tests/slow/run export compares.
@Suite struct ONNXTests {
  private static let encoders: [(EncoderArchitecture, Shape)] = {
    var plain = CNNOptions()
    (plain.channels, plain.norm, plain.pooling, plain.stride) = ([3, 2], .none, .mean, 2)
    var resnet = ResNetOptions()
    (resnet.width, resnet.blocks) = (1, 1)
    var film = resnet
    film.frames = 2
    var bag = BagOfWordsOptions()
    (bag.vocabulary, bag.width, bag.hidden) = (7, 4, [3])
    return [
      (.mlp(.init()), [2, 3]), (.cnn(.init()), [9, 8, 2]), (.cnn(plain), [19, 17]),
      (.resnet18(resnet), [33, 32, 3]), (.resnet18(film), [2, 32, 32, 1]), (.bagOfWords(bag), [6]),
      (Models.transformer(.image), [9, 8, 3]), (Models.transformer(.spectrogram), [8, 9]),
      (Models.transformer(.text), [6]),
      (
        Models.transformer(.image) {
          ($0.positions, $0.hasClassToken, $0.classPosition) = (.learned, true, true)
          ($0.pooling, $0.gelu, $0.norm) = (.classToken, .tanh, .post)
        }, [8, 9, 1]
      ),
      (
        Models.transformer(.text) {
          ($0.pooling, $0.embeddingNorm, $0.hasClassToken) = (.classToken, true, false)
        }, [6]
      ),
      (Models.transformer(.text) { ($0.pooling, $0.hasClassToken) = (.mean, true) }, [6]),
    ]
  }()

  @Test(arguments: encoders.indices)
  func `the graph of an encoder is whole`(place: Int) throws {
    let (architecture, sample) = Self.encoders[place]
    let (modality, _) = try Models.modality(
      architecture, sample, standardise: architecture.readsTokens ? .none : .feature)
    let network = try Network(of: modality, place: "run")
    let graph = try EncoderGraph(modality, network, place: "run").builder.graph
    #expect(GraphCheck(graph: graph).problems == [])
    #expect(graph.input.map(\.name) == ["samples"])
    #expect(graph.output.map(\.name) == ["features", "logits"])
    let type = graph.input[0].type.tensorType
    #expect(type.elemType == (architecture.readsTokens ? 7 : 1))
    #expect(type.shape.dim[0].dimParam == "n")
    #expect(type.shape.dim.dropFirst().map(\.dimValue) == sample.dimensions.map(Int64.init))
    // Every number of the encoder is in the file, but for the arrays that two formats have between them.
    let stored = graph.initializer.filter { !$0.name.hasPrefix("constant") }.map {
      $0.dims.reduce(1, *)
    }
    let statistics = architecture.readsTokens ? 0 : 2 * sample.elementCount
    let own = modality.arrays.reduce(0) { $0 + $1.shape.elementCount } + statistics + 3 * 5 + 3
    let fixed = network.tensors.first { tensor in
      tensor.name == "pos_embed" && !modality.arrays.contains { $0.name.hasSuffix("positions") }
    }
    #expect(stored.reduce(0, +) == Int64(own + (fixed?.shape.elementCount ?? 0)))
  }

  @Test func `a graph of plain layers computes what the encoder does`() throws {
    var options = MLPOptions()
    options.hidden = [7, 6]
    let (modality, encoder) = try Models.modality(.mlp(options), [2, 2], standardise: .feature)
    let graph = try EncoderGraph(modality, Network(of: modality, place: ""), place: "").builder
      .graph
    let samples: [Float] = [1, -2, 0.5, 3, 0, 4, -1, 2, 0.25, 1, 2, -3]
    let found = GraphCheck(graph: graph).run(samples, count: 3)
    var standardised = samples
    for place in 0..<3 {
      var sample = Array(samples[place * 4..<place * 4 + 4])
      var room = sample.mutableSpan
      modality.standardiser.apply(to: &room)
      standardised.replaceSubrange(place * 4..<place * 4 + 4, with: sample)
    }
    let features = encoder.forward(Tensor([2, 2], standardised), mode: .evaluation).array
    expectClose(try #require(found["features"]), features, relative: 1e-6, "features")
    let head = Head(classCount: 3, featureCount: 5)
    head.weight.values.update(from: modality.head.weight)
    head.bias.values.update(from: modality.head.bias)
    let logits = Tensor([3], capacity: 3)
    head.logits(Tensor([5], features), into: logits)
    expectClose(try #require(found["logits"]), logits.array, relative: 1e-6, "logits")
  }

  private static let pool = RobustPool(
    spoilt: 0.1, prior: [0.2, 0.3, 0.5], weights: [1, 2],
    detectors: [
      nil, SpoiltDetector(means: [0, 1, 2], deviations: [1, 2, 3], coefficients: [1, 2, 3, 4]),
    ])
  private static let rules: [PredictionRule] =
    FusionKind.unfitted.filter { $0 != .batchEntropyLogits }.map { .fusion($0, weights: [1, 3]) }
    + [
      .sum(share: [1, 2, 3]), .energy(divisor: 2), .pool(pool),
      .pool(
        RobustPool(spoilt: 0.1, prior: [0.2, 0.3, 0.5], weights: [1, 2], detectors: [nil, nil])),
    ]

  @Test func `the graph of every prediction is whole`() throws {
    let modalities = try ["first", "second"].map {
      try Models.modality(.mlp(.init()), [4], name: $0).0
    }
    for rule in Self.rules {
      let graph = FusionGraph(Models.model(modalities, rule)).builder.graph
      #expect(GraphCheck(graph: graph).problems == [], "\(rule.name)")
      let names = graph.input.map(\.name)
      let expected = ["first.logits", "first.present", "second.logits", "second.present"]
      #expect(
        names == expected + (rule.asksFeatures ? ["first.features", "second.features"] : []))
      #expect(graph.output.map(\.name) == ["probabilities", "prediction", "weights"])
    }
  }

  @Test func `files say which opset they are of, and read back as they were`() throws {
    let scratch = try Scratch()
    let modality = try Models.modality(.mlp(.init()), [4], name: "fusion").0
    let model = Models.model([modality], .fusion(.averageLogits, weights: []))
    try ONNXExport.write(model, to: ExportFolder(scratch["out"]))
    #expect(scratch.names(in: "out") == ["README.txt", "fusion.onnx", "modality.fusion.onnx"])
    let file = try Onnx_ModelProto(serializedBytes: scratch.bytes("out/modality.fusion.onnx"))
    #expect(file.irVersion == 8 && file.opsetImport.map(\.version) == [17])
    #expect(file.opsetImport.map(\.domain) == [""])
    let facts = Dictionary(uniqueKeysWithValues: file.metadataProps.map { ($0.key, $0.value) })
    #expect(
      facts["modality"] == "fusion" && facts["classes"]?.hasPrefix("[\"a\",\"b \\\"c") == true)
    let weight = try #require(file.graph.initializer.first { $0.name == "1.weight" })
    #expect(Array(weight.rawData) == modality.arrays[0].bytes)
    #expect(GraphCheck(graph: file.graph).problems == [])
  }

  @Test func `what no file can hold is refused before memory is taken`() throws {
    let (modality, _) = try Models.modality(.mlp(.init()), [4])
    let large = NamedState("0.weight", [0], Buffer<Float>(0))
    var bag = BagOfWordsOptions()
    (bag.vocabulary, bag.longestGram) = (4, 2)
    for (architecture, words) in [
      (EncoderArchitecture.bagOfWords(bag), "ngrams: 1"), (.standIn(.init()), "nothing to export"),
    ] {
      let refused = SavedModality(
        name: "m", source: modality.source, architecture: architecture, sampleShape: [4],
        arrays: [large], standardiser: modality.standardiser, head: modality.head)
      #expect { try Network(of: refused, place: "run") } throws: { "\($0)".contains(words) }
    }
  }
}
