import Datasets
import Exchange
import Storage
import Tensors

extension Likeness {
  /// How many samples are in memory at a time.
  private static let batchSize = 16

  /// Looks at every sample as it is before anything is standardised or drawn: equal contents by SHA-256 of
  /// the decoded values, so that it does not matter how a file is written; nearly equal texts by what
  /// `NearTexts` says.
  ///
  /// - Parameter loaders: the threads that decode files ahead.
  /// - Throws: where a sample cannot be read, or the work shall end.
  init(of data: ModalityData, loaders: Int) throws {
    var numbers: [[UInt8]: Int32] = [:]
    var texts = NearTexts(of: data.tokeniser)
    var contents: [Int32] = []
    for source in [data.train, data.test] where !source.ids.isEmpty {
      let requests = BatchRequest.evaluating(Array(source.ids.indices), atMost: Self.batchSize)
      let feed = try BatchFeed(of: source, loaders: loaders, evaluating: requests)
      let input = Tensor(source.sampleShape, capacity: Self.batchSize, count: 0)
      for request in requests {
        try feed.load(request, into: input)
        for place in request.rows.indices {
          try LongWork.step()
          let sample = input.buffer(of: place)
          contents.append(
            try sample.withSpan { values in
              if Self.isBlank(values) { return Self.blank }
              if let isLong = texts?.isLong(values), !isLong { return Self.short }
              let number = Self.number(of: values, in: &numbers)
              if Int(number) == (texts?.count ?? 0) { try texts?.append(values) }
              return number
            })
        }
      }
    }
    self.init(contents: contents, pairs: try texts?.pairs() ?? [], areTexts: texts != nil)
  }

  /// Whether all values are the same.
  private static func isBlank(_ values: Span<Float>) -> Bool {
    values.indices.allSatisfy { values[$0] == values[0] }
  }

  /// The number of a content: a new one, or that of the same content before.
  private static func number(
    of values: Span<Float>, in numbers: inout [[UInt8]: Int32]
  ) -> Int32 {
    var digest = SHA256()
    digest.update(values.bytes)
    let fresh = Int32(numbers.count)
    let key = digest.bytes
    let number = numbers[key] ?? fresh
    if number == fresh { numbers[key] = fresh }
    return number
  }
}
