package dev.weft.tensor;

/**
 * What a backend's pool has done since the start, and what it holds now. A training step that has
 * settled adds to {@code reusedAllocations} only:
 *
 * <pre>{@code
 * MemoryUse before = Backends.of(Device.CPU).memory();
 * step();
 * long added = Backends.of(Device.CPU).memory().freshAllocations() - before.freshAllocations();
 * }</pre>
 *
 * @param freshAllocations times that memory was made because none fitted
 * @param reusedAllocations times that memory was handed out again
 * @param loanedBytes held by open scopes
 * @param pooledBytes waiting to be used again
 */
public record MemoryUse(
    long freshAllocations, long reusedAllocations, long loanedBytes, long pooledBytes) {

  /** All that the pool keeps from the garbage collector, or from other users of the device. */
  public long heldBytes() {
    return loanedBytes + pooledBytes;
  }
}
