import Datasets
import Methods
import Networks
import Pretrained

@testable import Configuration

/// A configuration with every value drawn at random, from all that is allowed.
func randomConfiguration(seed: UInt64) -> RunConfiguration {
  var draw = Draw(generator: FixedGenerator(state: seed))
  let count = draw.whole(1...6)
  let names = oddModalityNames.shuffled(using: &draw.generator).prefix(count)
  var run = RunConfiguration(
    classes: draw.classes(), modalities: names.map { draw.modality($0) })
  run.features = draw.whole(1...65_536)
  run.sampling = draw.pick(run.sampling)
  run.method = MethodChoice(
    run.sampling == .own
      ? SeparateTraining() : draw.method(MethodList.all[draw.whole(0...MethodList.all.count - 1)]))
  run.seed = draw.generator.next()
  run.epochs = draw.whole(1...500)
  run.batchSize = draw.whole(1...4_000)
  run.order = Array(0..<count).shuffled(using: &draw.generator)
  run.data.root = draw.flag() ? "/data/with space: and \"colon\" #1" : "/data"
  run.data.validationFraction = draw.fraction()
  if run.method.method is AlternatingAdaptation, run.data.validationFraction > 0, draw.flag() {
    run.order = Array(0..<count)
    run.orderRule = draw.flag() ? .weakestFirst : .strongestFirst
  }
  run.data.allowsOverlap = draw.flag()
  run.data.media.cacheFolder = draw.flag() ? nil : "/cache"
  run.data.media.loaders = draw.flag() ? 0 : 7
  run.data.media.memoryMebibytes = draw.flag() ? 0 : 512
  run.data.media.onBroken = draw.pick(run.data.media.onBroken)
  run.data.media.onMissing = draw.pick(run.data.media.onMissing)
  run.data.groups = draw.flag() ? nil : draw.path()
  run.optimizer = draw.modality("any").optimizer
  run.headLearningRateScale = draw.fraction() * 10
  run.inactiveEncoders = draw.pick(run.inactiveEncoders)
  draw.modification(&run)
  if run.optimizer.isNesterov { run.hgm.projected = .gradient }
  run.fusion.kind = draw.pick(run.fusion.kind)
  run.fusion.spoilt = draw.fraction() * 0.9 + 1e-30
  run.fusion.ridge = draw.fraction() * 10
  run.fusion.usesDetector = draw.flag()
  run.fusion.prior = draw.pick(run.fusion.prior)
  run.fusion.refitsOnAll =
    run.fusion.kind.isFitted && run.data.validationFraction > 0 && run.orderRule == nil
    && !run.method.demands.wantsValidation && draw.flag()
  run.fusion.weights = draw.flag() ? nil : (0..<count).map { _ in draw.fraction() + 1e-9 }
  run.evaluation.every = draw.whole(1...9)
  run.evaluation.batchSize = draw.whole(1...999)
  run.evaluation.keepsLogits = draw.flag()
  if run.evaluation.keepsLogits { run.evaluation.spoilt = draw.flag() ? [] : [.blank, .noise] }
  if run.data.validationFraction > 0 {
    run.selection.keep = draw.pick(run.selection.keep)
    run.selection.measure = draw.pick(run.selection.measure)
    run.selection.patience = draw.flag() ? nil : draw.whole(1...9)
  }
  switch draw.whole(0...2) {
  case 0: run.classWeights = .balanced
  case 1: run.classWeights = .listed(run.classes.map { _ in draw.fraction() + 1e-9 })
  default: run.classWeights = .alike
  }
  run.labelSmoothing = draw.fraction()
  if run.modalities.allSatisfy({ $0.missingTrain == 0 && $0.missingTest == 0 }) {
    run.missing.rate = draw.fraction()
  }
  run.missing.kind = draw.pick(run.missing.kind)
  run.missing.splits = draw.pick(run.missing.splits)
  run.execution.deadlineSeconds = draw.fraction() * 1e3 + 1e-3
  run.execution.threads = draw.flag() ? nil : draw.whole(1...64)
  run.execution.onModalityLoss = draw.pick(run.execution.onModalityLoss)
  run.execution.featuresMayCross = draw.flag()
  run.execution.telemetryEvery = draw.whole(0...100)
  run.execution.recordsTurns = draw.flag()
  if run.execution.featuresMayCross, run.method.method is AlternatingAdaptation,
    !run.hgm.isEnabled || run.hgm.projected == .gradient && run.hgm.formula == .rls
  {
    run.headUpdate = draw.pick(run.headUpdate)
  }
  let interval = draw.whole(1...1_000)
  run.checkpoint.every =
    [.cycles(interval), .epochs(interval), .seconds(Double(interval))][draw.whole(0...2)]
  run.checkpoint.keep = draw.whole(1...9)
  run.giveMethodWhatItWants()
  return run
}

extension RunConfiguration {
  /// What the method asks for beside its options.
  fileprivate mutating func giveMethodWhatItWants() {
    // Places and lists that are drawn for any number of modalities.
    if method.method.misfit(modalityCount: modalities.count) != nil {
      method = MethodChoice(type(of: method.method).init())
    }
    if method.method.misfit(modalityCount: modalities.count) != nil {
      method = MethodChoice(JointConcatenation())
    }
    let demands = method.demands
    for place in modalities.indices {
      if demands.changesGradients || demands.changesWeights || demands.dropsVelocities
        || demands.ridesZero
      {
        modalities[place].ranks = 1
      }
      if demands.ridesZero { modalities[place].pretraining.cachesFeatures = false }
      if demands.wantsCompleteData { modalities[place].missingTrain = 0 }
    }
    if demands.wantsValidation { data.validationFraction = 0.25 }
    if demands.sendsFeatures { execution.featuresMayCross = true }
  }
}

/// Names that YAML, or somebody who reads it, could take for something else.
let oddModalityNames = [
  "3d", "1", "007", "yes", "n", "off", "null", "NULL", "1e3", "0x1f", "1_000", "true", "y", "No",
  "2026-01-01", "1-2", "inf", "nan", "audio", "m-1_x", "0", "9223372036854775808",
]

/// The same among names that may be any text.
let oddNames =
  oddModalityNames + [
    "a: b", "- c", "\"quoted\"", "日本", "e\u{301}", " ", "\u{200D}", "&a", "*a", "R&B *B", "~", ".",
    "..",
    "...", "-", "---", "12:30", "1.5", ".inf", "+1", "=", "<<", "!x", "%x", "@x", "`x", "? x", "#x",
    "x #y", "[a", "{", "'", "\\", "\\n", "a,b", "a/b", "\u{1F600}", "\u{E000}", "\u{A0}", "x ", "|",
    ">",
  ]

private struct Draw {
  var generator: FixedGenerator

  mutating func whole(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
  mutating func fraction() -> Double {
    flag() ? Double.random(in: 0..<1, using: &generator) : [0, 0.5, 1e-7, 0.1].randomElement() ?? 0
  }
  /// A method with every option drawn.
  mutating func method<M: TrainingMethod>(_ kind: M.Type) -> any TrainingMethod {
    var method = M()
    for option in M.options {
      switch option.value {
      case .number(let path, let range):
        method[keyPath: path] = Double.random(in: range, using: &generator)
      case .whole(let path, let range): method[keyPath: path] = whole(range)
      case .toggle(let path): method[keyPath: path] = flag()
      case .numbers(let path, let range, let count):
        method[keyPath: path] = (0..<whole(count)).map { _ in
          Double.random(in: range, using: &generator)
        }
      case .word(let words):
        words.set(&method, words.names[whole(0...words.names.count - 1)])
      }
    }
    return method
  }
  mutating func flag() -> Bool { Bool.random(using: &generator) }
  mutating func pick<Choice: CaseIterable>(_ current: Choice) -> Choice {
    Choice.allCases.randomElement(using: &generator) ?? current
  }
  mutating func path() -> String {
    (oddNames + ["a.npy", "x y/b.npz:key", "ü/ß.csv"]).randomElement(using: &generator) ?? ""
  }
  mutating func paths(_ counts: ClosedRange<Int>) -> [String] {
    (0..<whole(counts)).map { _ in path() }
  }

  mutating func classes() -> [String] {
    if flag() { return (0..<whole(2...30)).map(String.init) }
    return Array(oddNames.shuffled(using: &generator).prefix(whole(2...oddNames.count)))
  }

  mutating func modality(_ name: String) -> ModalityConfiguration {
    var modality = ModalityConfiguration(
      name: name, source: .synthetic(.init()), encoder: .mlp(.init()))
    switch whole(0...6) {
    case 0: synthetic(&modality)
    case 1: arrays(&modality)
    case 2: audio(&modality)
    case 3: text(&modality)
    case 4: modality.source = .images(pictures())
    case 5: video(&modality)
    default: idx(&modality)
    }
    augmentation(&modality.augmentation)
    encoder(&modality)
    pretraining(&modality)
    optimizer(&modality)
    modality.missingTrain = fraction()
    modality.missingTest = fraction()
    modality.sharding.count = whole(1...4)
    modality.sharding.atOnce = flag() ? nil : flag() ? 1 : modality.sharding.count
    return modality
  }
}

extension Draw {
  mutating func augmentation(_ options: inout AugmentationOptions) {
    options.shift = whole(0...9)
    options.flips = flag()
    options.maskedRows = whole(0...9)
    options.maskedColumns = whole(0...9)
    options.noise = fraction()
    options.unknownWords = fraction()
  }

  mutating func synthetic(_ modality: inout ModalityConfiguration) {
    guard case .synthetic(var options) = modality.source else { return }
    options.set = pick(options.set)
    options.component = whole(0...(options.set == .lazy3 ? 2 : 1))
    options.seed = flag() ? nil : generator.next()
    modality.source = .synthetic(options)
  }

  mutating func arrays(_ modality: inout ModalityConfiguration) {
    modality.source = .arrays(.init(train: .init(values: path(), labels: path()), test: nil))
    guard case .arrays(var options) = modality.source else { return }
    options.train.ids = flag() ? nil : path()
    options.test = flag() ? nil : .init(values: path(), manifest: path())
    options.standardise = pick(options.standardise)
    modality.source = .arrays(options)
  }

  mutating func audio(_ modality: inout ModalityConfiguration) {
    modality.source = .audio(.init())
    guard case .audio(var options) = modality.source else { return }
    options.train = paths(1...3)
    options.test = paths(0...2)
    options.sampleRateHertz = whole(8_000...48_000)
    options.resamples = flag()
    options.channels = pick(options.channels)
    options.clips = flag()
    options.seconds = fraction() + 0.5
    options.tileSeconds = flag() ? nil : fraction() + 1
    options.alignment = pick(options.alignment)
    options.standardise = pick(options.standardise)
    options.spectrogram.kind = pick(options.spectrogram.kind)
    options.spectrogram.window = whole(2...1_000)
    options.spectrogram.hop = whole(1...500)
    options.spectrogram.bands = whole(1...128)
    options.spectrogram.lowestHertz = fraction() * 1_000
    options.spectrogram.highestHertz = flag() ? nil : 2_000 + fraction() * 2_000
    options.spectrogram.isCentred = options.spectrogram.kind == .fbank ? false : flag()
    options.spectrogram.frames = flag() ? nil : whole(1...2_000)
    if options.spectrogram.frames != nil, flag() { options.seconds = nil }
    if options.standardise == .none, flag() {
      options.spectrogram.normalisation =
        flag() ? .cavmae : .init(mean: fraction(), deviation: fraction() + 1)
    }
    options.spectrogram.jitter = fraction()
    options.spectrogram.roll = whole(0...1_000)
    modality.source = .audio(options)
  }

  mutating func text(_ modality: inout ModalityConfiguration) {
    var options = TextOptions()
    options.train = paths(1...3)
    options.test = paths(0...2)
    options.areFiles = flag()
    options.encoding = pick(options.encoding)
    options.tokens = pick(options.tokens)
    options.vocabularyFile = options.tokens == .wordpiece ? path() : nil
    options.addsSpecialTokens = flag()
    options.empty = pick(options.empty)
    options.length = whole(3...500)
    options.vocabulary = whole(3...50_000)
    options.minimumCount = whole(1...9)
    options.ignoresCase = flag()
    modality.source = .text(options)
  }

  mutating func video(_ modality: inout ModalityConfiguration) {
    var options = VideoOptions()
    options.pick.count = whole(1...16)
    options.pick.place = pick(options.pick.place)
    options.framesPerSecond = flag() ? nil : fraction() + 0.1
    options.varyTogether = flag()
    options.picture = pictures()
    modality.source = .video(options)
  }

  mutating func pictures() -> PictureOptions {
    var options = PictureOptions()
    options.train = paths(1...3)
    options.test = paths(0...2)
    options.framing.size = PictureSize(height: whole(1...300), width: whole(1...300))
    options.framing.resizing = pick(options.framing.resizing)
    let isShorter = options.framing.resizing == .shorter
    options.framing.shorterSide = isShorter && flag() ? whole(300...400) : nil
    options.filter = pick(options.filter)
    options.channels = flag() ? 1 : 3
    options.crop = pick(options.crop)
    let (least, ratio) = (fraction() * 0.5 + 0.001, fraction() + 0.1)
    options.randomCrop.area = least...least + fraction() * 0.4
    options.randomCrop.ratio = ratio...ratio + fraction()
    options.randomCrop.shrinkTo = flag() ? nil : whole(1...900)
    options.flips = flag()
    options.jitter.brightness = fraction()
    options.jitter.contrast = fraction()
    options.jitter.saturation = fraction()
    options.normalisation = pick(options.normalisation)
    options.decoder.background = pick(options.decoder.background)
    options.decoder.orientation = pick(options.decoder.orientation)
    let isBounded =
      options.crop == .random
      ? options.randomCrop.shrinkTo != nil : options.framing.resizing != .none
    options.decodesScaled = isBounded && flag()
    options.standardise = pick(options.standardise)
    return options
  }

  mutating func idx(_ modality: inout ModalityConfiguration) {
    modality.source = .idx(.init(train: .init(images: path(), manifests: paths(1...3)), test: nil))
    guard case .idx(var options) = modality.source else { return }
    options.test = flag() ? nil : .init(images: path(), labels: path())
    options.resize = flag() ? nil : PictureSize(height: whole(1...99), width: whole(1...99))
    options.standardise = pick(options.standardise)
    modality.source = .idx(options)
  }

  mutating func encoder(_ modality: inout ModalityConfiguration) {
    modality.encoder =
      [
        .mlp(.init()), .cnn(.init()), .resnet18(.init()), .transformer(.init()),
        .bagOfWords(.init()), .standIn(.init()),
      ][whole(0...5)]
    switch modality.encoder {
    case .mlp(var options):
      options.hidden = (0..<whole(0...4)).map { _ in whole(1...900) }
      options.finalReLU = flag()
      modality.encoder = .mlp(options)
    case .cnn(var options):
      options.channels = (0..<whole(1...4)).map { _ in whole(1...90) }
      options.kernel = whole(1...7)
      options.stride = whole(1...3)
      options.padding = flag() ? nil : whole(0...3)
      options.norm = pick(options.norm)
      options.pooling = pick(options.pooling)
      options.poolSize = whole(1...4)
      options.finalReLU = flag()
      modality.encoder = .cnn(options)
    case .resnet18(var options):
      options.width = whole(1...90)
      options.blocks = whole(1...3)
      options.frames = flag() ? nil : whole(1...8)
      modality.encoder = .resnet18(options)
    case .transformer(var options):
      options.input = pick(options.input)
      options.size = pick(options.size)
      options.heads = flag() ? nil : whole(1...12)
      options.width = options.heads.map { $0 * whole(1...80) }
      options.depth = flag() ? nil : whole(1...24)
      options.hidden = flag() ? nil : whole(1...900)
      options.patchHeight = whole(1...32)
      options.patchWidth = whole(1...32)
      options.vocabulary = flag() ? nil : whole(1...900)
      options.positions = flag() ? nil : pick(PositionKind.fixed)
      options.pooling = flag() ? nil : pick(TokenPoolingLayer.Kind.mean)
      options.maximumPositions = flag() ? nil : whole(1...900)
      options.hasClassToken = flag() ? nil : flag()
      options.classPosition = flag() ? nil : flag()
      options.embeddingNorm = flag() ? nil : flag()
      options.norm = flag() ? nil : pick(TransformerOptions.NormPlacement.pre)
      options.epsilon = flag() ? nil : fraction() + 1e-12
      options.gelu = flag() ? nil : pick(GELULayer.Form.erf)
      options.dropout = fraction()
      options.stochasticDepth = fraction()
      modality.encoder = .transformer(options)
    case .bagOfWords(var options):
      options.width = flag() ? nil : whole(1...300)
      options.vocabulary = flag() ? nil : whole(1...900)
      options.longestGram = whole(1...5)
      options.buckets = whole(1...9_000)
      options.hidden = (0..<whole(0...2)).map { _ in whole(1...90) }
      modality.encoder = .bagOfWords(options)
    case .standIn(var options):
      options.sampleMilliseconds = fraction()
      modality.encoder = .standIn(options)
    }
  }

  mutating func pretraining(_ modality: inout ModalityConfiguration) {
    switch modality.encoder {
    case .mlp, .cnn, .bagOfWords, .standIn: return
    case .resnet18, .transformer: break
    }
    modality.pretraining.weights = flag() ? nil : path()
    modality.pretraining.format = flag() ? nil : pick(PretrainedFormat.bert)
    modality.pretraining.stem = pick(modality.pretraining.stem)
    modality.pretraining.resizesPositions = flag()
    modality.pretraining.learningRateScale = fraction() + 1e-6
    modality.pretraining.layerDecay = 1 - fraction()
    guard modality.pretraining.weights != nil else { return }
    modality.pretraining.freeze =
      [.nothing, .embeddings, .blocks(whole(1...24)), .all][whole(0...3)]
    guard modality.pretraining.freeze == .all, modality.source.randomness == nil, flag() else {
      return
    }
    modality.augmentation = AugmentationOptions()
    modality.pretraining.cachesFeatures = true
  }

  mutating func optimizer(_ modality: inout ModalityConfiguration) {
    modality.optimizer.kind = pick(modality.optimizer.kind)
    modality.optimizer.isNesterov = flag()
    modality.optimizer.beta1 = fraction()
    modality.optimizer.beta2 = fraction()
    modality.optimizer.epsilon = fraction() + 1e-9
    modality.optimizer.decayExemption = pick(modality.optimizer.decayExemption)
    modality.optimizer.clipNorm = flag() ? nil : fraction() + 1e-6
    modality.optimizer.schedule = pick(modality.optimizer.schedule)
    modality.optimizer.warmupEpochs = fraction() * 20
    modality.optimizer.cosineEpochs = flag() ? nil : whole(1...99)
    modality.optimizer.learningRate = fraction() + 1e-6
    modality.optimizer.momentum = fraction()
    modality.optimizer.weightDecay = fraction() * 1e-3
    modality.optimizer.decayEpoch = flag() ? nil : whole(1...99)
    modality.optimizer.decayFactor = fraction() * 0.9 + 0.01
  }

  mutating func modification(_ run: inout RunConfiguration) {
    run.hgm.isEnabled = flag()
    run.hgm.order = pick(run.hgm.order)
    run.hgm.memory = pick(run.hgm.memory)
    run.hgm.lambda = fraction() * 10 + 1e-3
    run.hgm.lambdaSchedule = pick(run.hgm.lambdaSchedule)
    run.hgm.forget = fraction()
    run.hgm.normalisation = pick(run.hgm.normalisation)
    run.hgm.reset = pick(run.hgm.reset)
    run.hgm.includesBias = flag()
    run.hgm.projected = pick(run.hgm.projected)
    run.hgm.formula = pick(run.hgm.formula)
    run.hgm.combination = pick(run.hgm.combination)
    run.hgm.firstStep = pick(run.hgm.firstStep)
  }
}
