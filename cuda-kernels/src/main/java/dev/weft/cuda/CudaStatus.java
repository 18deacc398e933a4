package dev.weft.cuda;

import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** What the driver answers to a call, in words. */
final class CudaStatus {
  private CudaStatus() {}

  /** Throws unless a call has succeeded. */
  static void check(String call, int status) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw new CudaException(call + ": " + words(status));
    }
  }

  /** The status by name, and the driver's sentence about it. */
  static String words(int status) {
    String name = CUresult.stringFor(status);
    String[] sentence = new String[1];
    boolean known = JCudaDriver.cuGetErrorString(status, sentence) == CUresult.CUDA_SUCCESS;
    return known && sentence[0] != null ? name + " (" + sentence[0] + ")" : name;
  }
}
