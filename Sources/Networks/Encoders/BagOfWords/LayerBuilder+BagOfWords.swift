extension LayerBuilder {
  /// The mean of a text's vectors, then linear layers, the hidden ones with a ReLU; none where the mean
  /// is as wide as the features.
  mutating func appendBagOfWords(_ options: BagOfWordsOptions, features: Int) throws {
    guard inputShape.rank == 1, inputShape.elementCount > 0 else {
      throw NetworkError.bagNeedsText(inputShape: inputShape)
    }
    guard let vocabulary = options.vocabulary else {
      throw NetworkError.needsVocabulary(encoder: "bag_of_words")
    }
    let width = options.width ?? features
    try requirePositive("width", width, atMost: 1 << 16)
    try requirePositive("vocabulary", vocabulary)
    try requirePositive("ngrams", options.longestGram, atMost: 16)
    try requirePositive("buckets", options.buckets)
    let buckets = options.longestGram > 1 ? options.buckets : 0
    try requireSize("the vectors of the tokens", [vocabulary + buckets, width])
    try requireSize("the tokens of a batch", [capacity, inputShape[0], options.longestGram])
    try requireSize("the output of a bag of words", [capacity, width])
    append(
      "bag",
      BagOfWordsLayer(
        length: inputShape[0], vocabulary: vocabulary, width: width,
        longestGram: options.longestGram, buckets: buckets))
    for hidden in options.hidden { try appendLinear("hidden", hidden, isRectified: true) }
    if !options.hidden.isEmpty || width != features {
      try appendLinear("features", features, isRectified: false)
    }
  }
}
