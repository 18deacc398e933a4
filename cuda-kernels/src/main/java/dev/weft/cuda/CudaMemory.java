package dev.weft.cuda;

import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.MemoryUse;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands out a device's memory as storages. Those of scopes come from a {@linkplain BlockPool pool}
 * and go back to it. Since all work of a device is queued on one stream, a block may be handed out
 * again while kernels that use it still wait: whatever is queued later runs after them.
 *
 * <p>Storages of no scope are the garbage collector's: when it has found one, its block is given
 * back by the next allocation. Where memory is short, blocks that lie about are given up first, and
 * the collector is asked to look.
 */
final class CudaMemory {
  /**
   * Memory on the device.
   *
   * @param address where it begins
   * @param bytes how much it is
   */
  record Block(long address, long bytes) {}

  private static final Cleaner CLEANER = Cleaner.create();

  /** How long the collector gets to find storages that nobody uses, in all. */
  private static final int PATIENCE_MILLIS = 500;

  private final Gpu gpu;
  private final Device device;
  private BlockPool pool = new BlockPool();
  private BlockPool outside;
  private List<CudaStorage> outlasting = List.of();
  private final ConcurrentLinkedQueue<Block> found = new ConcurrentLinkedQueue<>();
  private final AtomicLong collectedBytes = new AtomicLong();
  private long freshAllocations;
  private long reusedAllocations;
  private long loanedBytes;

  CudaMemory(Gpu gpu, Device device) {
    this.gpu = gpu;
    this.device = device;
  }

  Device device() {
    return device;
  }

  /** Uninitialised elements, until {@link CudaStorage#release}. */
  synchronized CudaStorage take(DType dtype, int length) {
    freeFound();
    long bytes = BlockPool.capacityFor((long) length * dtype.byteSize());
    Block block = pool.take(bytes);
    if (block == null) {
      pool.dropSmaller(bytes).forEach(this::free);
      block = fresh(bytes);
      freshAllocations++;
    } else {
      gpu.forget(block.address(), block.bytes());
      reusedAllocations++;
    }
    if (outside == null) {
      pool.dropIdle().forEach(this::free);
    }
    loanedBytes += block.bytes();
    return new CudaStorage(dtype, length, this, block, true);
  }

  /** Uninitialised elements, until the garbage collector finds that nobody uses them. */
  synchronized CudaStorage collected(DType dtype, int length) {
    freeFound();
    Block block = fresh((long) length * dtype.byteSize());
    CudaStorage storage = new CudaStorage(dtype, length, this, block, false);
    watch(storage, block);
    return storage;
  }

  /** A storage's memory comes back from its scope. */
  synchronized void giveBack(Block block) {
    loanedBytes -= block.bytes();
    pool.giveBack(block);
  }

  /** A storage that no scope owns any longer: the garbage collector does. */
  synchronized void handOver(CudaStorage storage, Block block) {
    loanedBytes -= block.bytes();
    watch(storage, block);
  }

  private void watch(CudaStorage storage, Block block) {
    collectedBytes.addAndGet(block.bytes());
    if (outside != null) {
      outlasting.add(storage);
    }
    // The collector's own thread only notes what it found: the device is asked by those who use it.
    ConcurrentLinkedQueue<Block> queue = found;
    CLEANER.register(storage, () -> queue.add(block));
  }

  /** What is lent from now on comes from, and goes back to, a pool that is empty at first. */
  synchronized void beginPoolOfItsOwn() {
    if (outside != null) {
      throw new CudaException(device + ": a graph is being made already");
    }
    outside = pool;
    pool = new BlockPool();
    outlasting = new ArrayList<>();
  }

  /**
   * What a graph's kernels were told to use.
   *
   * @param blocks of its pool, which nobody else gets until they are given back
   * @param storages that the garbage collector would find
   */
  record Own(List<Block> blocks, List<CudaStorage> storages) {}

  /** Ends that. */
  synchronized Own endPoolOfItsOwn() {
    Own own = new Own(pool.clear(), outlasting);
    pool = outside;
    outside = null;
    outlasting = List.of();
    return own;
  }

  /** Blocks become everybody's. */
  synchronized void giveBack(List<Block> blocks) {
    blocks.forEach(pool::giveBack);
  }

  /** A device that notes what it is given cannot give memory back meanwhile. */
  private void freeFound() {
    if (outside != null) {
      return;
    }
    for (Block block = found.poll(); block != null; block = found.poll()) {
      collectedBytes.addAndGet(-block.bytes());
      free(block);
    }
  }

  private void free(Block block) {
    gpu.free(block.address());
  }

  private Block fresh(long bytes) {
    long address = gpu.allocate(bytes);
    if (address == 0) {
      trim();
      address = gpu.allocate(bytes);
    }
    if (address == 0 && collectedBytes.get() > 0) {
      awaitCollector();
      address = gpu.allocate(bytes);
    }
    if (address == 0) {
      throw new CudaException(
          "%s: out of memory: %,d bytes asked; %,d held by open scopes, %,d by other tensors; %,d of %,d free on the device"
              .formatted(
                  device,
                  bytes,
                  loanedBytes,
                  collectedBytes.get(),
                  gpu.freeBytes(),
                  gpu.totalBytes()));
    }
    return new Block(address, bytes);
  }

  private void awaitCollector() {
    System.gc();
    for (int waited = 0; found.isEmpty() && waited < PATIENCE_MILLIS; waited += 10) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    freeFound();
  }

  /** Gives every block that nobody uses back to the device. */
  synchronized void trim() {
    freeFound();
    pool.clear().forEach(this::free);
  }

  /** The counters now. */
  synchronized MemoryUse use() {
    return new MemoryUse(freshAllocations, reusedAllocations, loanedBytes, pool.bytes());
  }
}
