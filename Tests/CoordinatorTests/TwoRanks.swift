import Exchange
import Synchronization
import Testing

/// Lets rank 0 `send` and rank 1 `receive`; what it receives can be checked where tests run.
func exchange<Received: Sendable>(
  _ send: @Sendable @escaping (Endpoint) throws -> Void,
  _ receive: @Sendable @escaping (Endpoint) throws -> Received
) throws -> Received {
  let received = Mutex<Received?>(nil)
  try OneProcess.run(ranks: 2, deadline: .seconds(60)) { endpoint in
    guard endpoint.worldRank == 1 else { return try send(endpoint) }
    let message = try receive(endpoint)
    received.withLock { $0 = message }
  }
  return try #require(received.withLock { $0 })
}
