package dev.weft.cuda;

import static dev.weft.cuda.CudaStatus.check;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Memory of the host that the device reads by itself, for copies that nobody waits for: two halves,
 * of which one is filled while the other is on its way.
 */
final class PinnedBuffer {
  /** Bytes of a half. */
  static final int HALF = 4 << 20;

  private static final int ALIGNMENT = 256;

  private final CUstream stream;
  private final Pointer pointer = new Pointer();
  private final MemorySegment memory;
  private final CUevent[] sent = new CUevent[2];
  private int half;
  private int used;

  PinnedBuffer(CUstream stream) {
    this.stream = stream;
    check("cuMemAllocHost", JCudaDriver.cuMemAllocHost(pointer, 2L * HALF));
    memory = MemorySegment.ofBuffer(pointer.getByteBuffer(0, 2L * HALF));
    for (int i = 0; i < 2; i++) {
      sent[i] = new CUevent();
      check(
          "cuEventCreate",
          JCudaDriver.cuEventCreate(sent[i], CUevent_flags.CU_EVENT_DISABLE_TIMING));
    }
  }

  /** Copies to the device; the source may change when this returns. */
  void upload(MemorySegment source, long address) {
    long size = source.byteSize();
    for (long done = 0; done < size; ) {
      long part = Math.min(size - done, HALF);
      long at = place(part);
      memory.asSlice(at, part).copyFrom(source.asSlice(done, part));
      check(
          "cuMemcpyHtoDAsync",
          JCudaDriver.cuMemcpyHtoDAsync(
              DevicePointer.to(address + done), pointer.withByteOffset(at), part, stream));
      done += part;
    }
  }

  /** Where so many bytes may be put; waits until what lies there has left. */
  private long place(long bytes) {
    if (used + bytes > HALF) {
      check("cuEventRecord", JCudaDriver.cuEventRecord(sent[half], stream));
      half = 1 - half;
      used = 0;
      check("cuEventSynchronize", JCudaDriver.cuEventSynchronize(sent[half]));
    }
    long at = (long) half * HALF + used;
    used = Math.toIntExact((used + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    return at;
  }

  /** Copies from the device, after all that was queued. */
  void download(long address, MemorySegment target) {
    // What is on its way up leaves first: the halves are free then.
    long size = target.byteSize();
    for (long done = 0; done < size; ) {
      long part = Math.min(size - done, 2L * HALF);
      synchronizeFirst(done);
      check(
          "cuMemcpyDtoHAsync",
          JCudaDriver.cuMemcpyDtoHAsync(pointer, DevicePointer.to(address + done), part, stream));
      check("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(stream));
      target.asSlice(done, part).copyFrom(memory.asSlice(0, part));
      done += part;
    }
    half = 0;
    used = 0;
  }

  private void synchronizeFirst(long done) {
    if (done == 0 && used > 0) {
      check("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(stream));
    }
  }

  void free() {
    for (CUevent event : sent) {
      JCudaDriver.cuEventDestroy(event);
    }
    JCudaDriver.cuMemFreeHost(pointer);
  }
}
