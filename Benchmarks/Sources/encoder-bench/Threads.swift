import Tensors

/// Has everything that this process computes use so many threads.
func useThreads(_ count: Int) {
  BLAS.threads = count
}
