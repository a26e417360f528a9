import Tensors

// Where the room's numbers stand, for kernels.

extension Buffer {
  /// The address of the first value, as long as the buffer lives.
  var pointer: UnsafeMutablePointer<Element> {
    withMutableSpan { span in
      span.withUnsafeMutableBufferPointer { values in
        guard let address = values.baseAddress else {
          preconditionFailure("a buffer without an address")
        }
        return address
      }
    }
  }
}
