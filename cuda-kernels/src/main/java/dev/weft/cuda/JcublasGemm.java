package dev.weft.cuda;

import dev.weft.cuda.GemmCall.Compute;
import dev.weft.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/**
 * cuBLAS on a device's stream, through JCublas2: {@code cublasGemmEx} and {@code
 * cublasGemmStridedBatchedEx}. Belongs to whoever holds the lock of its {@link JcudaGpu}.
 *
 * <p>JCublas2 has both functions twice: the ones without {@code _new} take a data type where cuBLAS
 * 11 and later take a compute type, and translate; only the others know TF32 and BF16.
 */
final class JcublasGemm {
  /**
   * Memory that cuBLAS works in, given once so that no product allocates any, and two runs cut a
   * product the same way; sizes as NVIDIA's manual of cuBLAS recommends them.
   */
  private static final long WORKSPACE = 4L << 20;

  private static final long HOPPER_WORKSPACE = 32L << 20;
  private static final int HOPPER = 90;

  private final cublasHandle handle = new cublasHandle();
  private final DevicePointer workspace = new DevicePointer();
  private final ByteBuffer scalars = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
  private final Pointer alpha = Pointer.toBuffer(scalars);
  private final Pointer beta = alpha.withByteOffset(8);

  /**
   * Starts cuBLAS in the current context.
   *
   * @throws CudaException with the reason if it does not start
   */
  JcublasGemm(CUstream stream, int capability) {
    check("cublasCreate", JCublas2.cublasCreate(handle));
    check("cublasSetStream", JCublas2.cublasSetStream(handle, new cudaStream_t(stream)));
    // After the stream: setting one takes the workspace away again.
    long bytes = capability >= HOPPER ? HOPPER_WORKSPACE : WORKSPACE;
    if (JCudaDriver.cuMemAlloc(workspace, bytes) == 0) {
      check("cublasSetWorkspace", JCublas2.cublasSetWorkspace(handle, workspace, bytes));
    }
    // Where the result is F16 or BF16, parts of a sum stay F32 too.
    int math = cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
    check("cublasSetMathMode", JCublas2.cublasSetMathMode(handle, math));
  }

  /** Queues a product. */
  void multiply(GemmCall call) {
    // Read before the call returns: the pointers are the host's.
    if (call.compute() == Compute.FLOAT64) {
      scalars.putDouble(0, call.alpha()).putDouble(8, 0);
    } else {
      scalars.putFloat(0, (float) call.alpha()).putFloat(8, 0);
    }
    boolean isBatch = call.batch() > 1;
    int status = isBatch ? batch(call) : single(call);
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw new CudaException(
          "%s %s: %s; -D%s=own multiplies with our own kernels"
              .formatted(
                  isBatch ? "cublasGemmStridedBatchedEx" : "cublasGemmEx",
                  call,
                  cublasStatus.stringFor(status),
                  CudaProvider.PRODUCTS_PROPERTY));
    }
  }

  private int single(GemmCall call) {
    return JCublas2.cublasGemmEx_new(
        handle,
        operation(call.a()),
        operation(call.b()),
        call.m(),
        call.n(),
        call.k(),
        alpha,
        DevicePointer.to(call.a().address()),
        type(call.a().type()),
        call.a().leading(),
        DevicePointer.to(call.b().address()),
        type(call.b().type()),
        call.b().leading(),
        beta,
        DevicePointer.to(call.c().address()),
        type(call.c().type()),
        call.c().leading(),
        compute(call.compute()),
        cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
  }

  private int batch(GemmCall call) {
    return JCublas2.cublasGemmStridedBatchedEx_new(
        handle,
        operation(call.a()),
        operation(call.b()),
        call.m(),
        call.n(),
        call.k(),
        alpha,
        DevicePointer.to(call.a().address()),
        type(call.a().type()),
        call.a().leading(),
        call.a().stride(),
        DevicePointer.to(call.b().address()),
        type(call.b().type()),
        call.b().leading(),
        call.b().stride(),
        beta,
        DevicePointer.to(call.c().address()),
        type(call.c().type()),
        call.c().leading(),
        call.c().stride(),
        call.batch(),
        compute(call.compute()),
        cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
  }

  private static int operation(GemmCall.Factor x) {
    return x.isTransposed() ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private static int type(DType type) {
    return switch (type) {
      case F64 -> cudaDataType.CUDA_R_64F;
      case F32 -> cudaDataType.CUDA_R_32F;
      case F16 -> cudaDataType.CUDA_R_16F;
      case BF16 -> cudaDataType.CUDA_R_16BF;
      default -> throw new CudaException("cuBLAS: a matrix of " + type + " cannot be multiplied");
    };
  }

  private static int compute(Compute compute) {
    return switch (compute) {
      case FLOAT64 -> cublasComputeType.CUBLAS_COMPUTE_64F;
      case FLOAT32 -> cublasComputeType.CUBLAS_COMPUTE_32F;
      case TF32 -> cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32;
      case BF16 -> cublasComputeType.CUBLAS_COMPUTE_32F_FAST_16BF;
    };
  }

  private static void check(String call, int status) {
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw new CudaException(call + ": " + cublasStatus.stringFor(status));
    }
  }

  void close() {
    JCublas2.cublasDestroy(handle);
    if (workspace.address() != 0) {
      JCudaDriver.cuMemFree(workspace);
    }
  }
}
