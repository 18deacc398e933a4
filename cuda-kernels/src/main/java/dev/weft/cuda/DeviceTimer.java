package dev.weft.cuda;

import static dev.weft.cuda.CudaStatus.check;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Moments of a stream, by CUDA events, which the device itself stamps when it comes to them (to
 * half a microsecond). Belongs to whoever holds the lock of its {@link JcudaGpu}.
 */
final class DeviceTimer {
  private final CUstream stream;
  private final Map<Long, CUevent> marks = new HashMap<>();
  private final ArrayDeque<CUevent> idle = new ArrayDeque<>();
  private long count;

  DeviceTimer(CUstream stream) {
    this.stream = stream;
  }

  long mark() {
    CUevent event = idle.poll();
    if (event == null) {
      event = new CUevent();
      check("cuEventCreate", JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT));
    }
    check("cuEventRecord", JCudaDriver.cuEventRecord(event, stream));
    marks.put(++count, event);
    return count;
  }

  double millis(long from, long to) {
    if (!marks.containsKey(from) || !marks.containsKey(to)) {
      throw new IllegalArgumentException("no mark " + (marks.containsKey(from) ? to : from));
    }
    CUevent first = marks.remove(from);
    CUevent second = marks.remove(to);
    idle.add(first);
    idle.add(second);
    float[] millis = new float[1];
    check("cuEventSynchronize", JCudaDriver.cuEventSynchronize(second));
    check("cuEventElapsedTime", JCudaDriver.cuEventElapsedTime(millis, first, second));
    return millis[0];
  }

  void close() {
    idle.addAll(marks.values());
    idle.forEach(JCudaDriver::cuEventDestroy);
    idle.clear();
    marks.clear();
  }
}
