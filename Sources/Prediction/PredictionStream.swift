import Configuration
import Coordinator
import Exchange
import MLA
import Storage
import Tensors

/// The predictions for all samples of a request, block by block, in the order of the samples.
///
/// Of each modality one message of logits is held, and of the samples one block: memory does not grow with
/// their number, but for their ids.
final class PredictionStream {
  /// What a prediction takes beside itself.
  struct Costs {
    /// Seconds of each modality's forward passes, and those that they waited for samples.
    var forward: [Double], reading: [Double]
    /// Seconds of the fusion.
    var fusing = 0.0
  }

  /// A sample that lacks a modality because it could not be read.
  struct Unread {
    let id: String
    let modality: String
    let problem: String
  }

  /// The samples.
  let join: SampleJoin
  private(set) var costs: Costs

  private let configuration: RunConfiguration
  private let fusion: ModelFusion
  private var readers: [VoiceReader?]

  /// Joins what the supplies have, and makes them ready.
  ///
  /// - Parameter supplies: one of each modality; nil: it is absent.
  init(
    _ supplies: [(any LogitsSupply)?], fusion: ModelFusion, of configuration: RunConfiguration
  ) throws {
    (self.fusion, self.configuration) = (fusion, configuration)
    join = try SampleJoin(supplies.map { try $0?.samples }, of: configuration)
    let prefaces = try supplies.map { [join] in
      try $0?.begin(join.roster, head: fusion.sharedHead) ?? []
    }
    fusion.learn(prefaces)
    readers = supplies.enumerated().map { modality, supply in
      supply.map {
        VoiceReader(
          $0, headCount: fusion.headCount, width: fusion.widths[modality])
      }
    }
    let nothing = [Double](repeating: 0, count: supplies.count)
    costs = Costs(forward: nothing, reading: nothing)
  }

  /// Gives `body` what the model says of each block of samples, and which of them could not be read.
  func run(_ body: ([PredictedSample], [Unread]) throws -> Void) throws {
    let count = join.ids.count
    for start in stride(from: 0, to: count, by: fusion.blockSize) {
      try LongWork.step()
      let samples = start..<min(start + fusion.blockSize, count)
      var unread: [Unread] = []
      let voices = try readers.indices.map { modality in
        try voice(of: modality, samples, noting: &unread)
      }
      let began = ContinuousClock.now
      let opinion = fusion.fuse(voices)
      let predicted = samples.map { sample in
        PredictedSample(
          opinion, at: sample - start, id: join.ids[sample], of: configuration)
      }
      costs.fusing += began.secondsAgo
      try body(predicted, unread)
    }
  }

  private func voice(
    of modality: Int, _ samples: Range<Int>, noting unread: inout [Unread]
  ) throws -> ModelFusion.Voice {
    let width = fusion.widths[modality]
    var voice = ModelFusion.Voice(
      heads: [[Float]](
        repeating: [Float](repeating: 0, count: samples.count * width), count: fusion.headCount),
      featureNorms: [Double](repeating: 0, count: samples.count),
      present: [Bool](repeating: false, count: samples.count))
    guard let reader = readers[modality] else { return voice }
    for sample in samples where join.roster.has(sample, modality: modality) {
      let problem = try reader.next(into: &voice, at: sample - samples.lowerBound)
      guard let problem else { continue }
      unread.append(
        Unread(
          id: join.ids[sample], modality: configuration.modalities[modality].name,
          problem: problem))
    }
    (costs.forward[modality], costs.reading[modality]) = (
      reader.forwardSeconds, reader.readingSeconds
    )
    return voice
  }
}

/// Takes one modality's samples out of its messages, one after the other.
private final class VoiceReader {
  private(set) var forwardSeconds = 0.0
  private(set) var readingSeconds = 0.0

  private let supply: any LogitsSupply
  private let headCount: Int
  private let width: Int
  private var piece = PredictedLogits()
  private var number = 0
  private var place = 0
  private var count = 0

  init(_ supply: any LogitsSupply, headCount: Int, width: Int) {
    (self.supply, self.headCount, self.width) = (supply, headCount, width)
  }

  /// Writes the next sample to its place; returns why it could not be read, where it could not.
  func next(into voice: inout ModelFusion.Voice, at sample: Int) throws -> String? {
    if place == count { try take() }
    defer { place += 1 }
    if let found = piece.unread.firstIndex(of: place) { return piece.problems[found] }
    voice.present[sample] = true
    voice.featureNorms[sample] = piece.heads[0].featureNorms[place]
    for head in 0..<headCount {
      for value in 0..<width {
        voice.heads[head][sample * width + value] = piece.heads[head].values[place * width + value]
      }
    }
    return nil
  }

  private func take() throws {
    piece = try supply.chunk(number)
    (count, place) = (piece.heads.first?.featureNorms.count ?? 0, 0)
    guard piece.heads.count == headCount, count > 0,
      piece.heads.allSatisfy({ $0.values.count == count * width && $0.featureNorms.count == count })
    else { throw ExchangeError.misfit(kind: .prediction, number: number) }
    number += 1
    forwardSeconds += piece.forwardSeconds
    readingSeconds += piece.readingSeconds
  }
}

extension PredictedSample {
  /// What a model says of the sample at a place of a block.
  fileprivate init(
    _ opinion: ModelOpinion, at place: Int, id: String, of configuration: RunConfiguration
  ) {
    let best = opinion.result.predictions[place]
    self.init(
      id: id, prediction: best < 0 ? nil : best,
      probabilities: opinion.probabilities(of: place) ?? [],
      voices: zip(configuration.modalities, opinion.modalities).enumerated().map { index, voice in
        let (modality, logits) = voice
        guard logits.present[place] else { return nil }
        let own = opinion.ownPredictions[index][place]
        let values = place * logits.classCount..<(place + 1) * logits.classCount
        return Voice(
          modality: modality.name, weight: opinion.result.weights[index][place],
          prediction: own < 0 ? nil : own, entropy: logits.entropies[place],
          spoiltFactor: opinion.spoiltFactor(of: place, modality: index),
          logits: Array(logits.logits[values]))
      })
  }
}
