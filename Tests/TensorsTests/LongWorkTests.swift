import Tensors
import TestSupport
import Testing

@Suite struct LongWorkTests {
  @Test func `every step looks up, and what it throws ends the work`() {
    var steps = 0
    #expect(throws: LongWorkProbe.Enough.self) {
      try LongWorkProbe.end(atLook: 3) {
        for _ in 0..<10 {
          try LongWork.step()
          steps += 1
        }
      }
    }
    #expect(steps == 2)
  }

  @Test func `work that does not throw goes on, and the error comes with the next step`() {
    var (looks, passes) = (0, 0)
    #expect(throws: LongWorkProbe.Enough.self) {
      try LongWork.run(
        lookingUp: {
          looks += 1
          throw LongWorkProbe.Enough()
        },
        {
          for _ in 0..<5 {
            LongWork.pass()
            passes += 1
          }
          try LongWork.step()
        })
    }
    #expect(passes == 5)
    #expect(looks == 1)
  }

  @Test func `where nobody looks on, steps are free`() throws {
    try LongWork.step()
    LongWork.pass()
  }

  @Test func `kernels look up in the thread that called them, and in no other`() {
    let looks = LongWorkProbe.looks {
      Threads.split(1000) { _, _ in }
      Threads.split(1000) { _, _ in }
    }
    #expect(looks == 2)
  }
}
