import Foundation
import Testing

@testable import Storage

@Suite struct DescriptorTests {
  @Test func `a reader that goes away is a failed write, and not the end`() async {
    await #expect(processExitsWith: .success) {
      Descriptors.prepareStandard()
      var ends: [Int32] = [0, 0]
      #expect(pipe(&ends) == 0)
      close(ends[0])
      #expect(Descriptors.write("x", to: ends[1]) == EPIPE)
    }
  }

  @Test func `a pipe that is full is waited for, also where others would not wait`() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    try #require(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
    let text = String(repeating: "0123456789", count: 50_000)
    let reader = Reader(of: "/dev/fd/\(reading)", after: 50_000)
    #expect(Descriptors.write(text, to: writing) == 0)
    close(writing)
    #expect(reader.bytes == Array(text.utf8))
    close(reading)
  }

  @Test func `what is not open is said to be so`() {
    #expect(Descriptors.write("x", to: 4_000) == EBADF)
  }
}
