package dev.weft.cuda;

import static dev.weft.cuda.CudaStatus.check;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;

/** The kernels of a device: PTX that the driver has compiled, each module when first used. */
final class JcudaModules {
  private static final int LOG_BYTES = 4096;

  private final CudaDevice device;
  private final String driver;
  private final Map<String, CUmodule> modules = new HashMap<>();
  private final Map<String, CUfunction> kernels = new HashMap<>();

  JcudaModules(CudaDevice device, String driver) {
    this.device = device;
    this.driver = driver;
  }

  CUfunction kernel(String module, String name) {
    return kernels.computeIfAbsent(module + "." + name, _ -> find(module, name));
  }

  private CUfunction find(String module, String name) {
    CUmodule loaded = modules.get(module);
    if (loaded == null) {
      loaded = load(module);
      modules.put(module, loaded);
    }
    CUfunction function = new CUfunction();
    check(
        "cuModuleGetFunction " + module + "." + name,
        JCudaDriver.cuModuleGetFunction(function, loaded, name));
    return function;
  }

  private CUmodule load(String module) {
    byte[] text =
        PtxKernels.forDevice(module, device.computeCapability()).getBytes(StandardCharsets.UTF_8);
    byte[] terminated = Arrays.copyOf(text, text.length + 1);
    JITOptions options = new JITOptions();
    options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
    options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[LOG_BYTES]);
    CUmodule loaded = new CUmodule();
    int status = JCudaDriver.cuModuleLoadDataJIT(loaded, Pointer.to(terminated), options);
    if (status != CUresult.CUDA_SUCCESS) {
      String log = options.getString(CUjit_option.CU_JIT_ERROR_LOG_BUFFER);
      throw new CudaException(refusal(module, status, log == null ? "" : log.strip()));
    }
    return loaded;
  }

  private String refusal(String module, int status, String log) {
    String way =
        switch (status) {
          case CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
              CUresult.CUDA_ERROR_INVALID_PTX,
              CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU ->
              "; a newer driver may take it";
          default -> "";
        };
    return "the driver (CUDA %s) refuses the PTX of %s for %s, compute capability %s: %s%s%s"
        .formatted(
            driver,
            module,
            device.name(),
            device.computeCapability(),
            CudaStatus.words(status),
            way,
            log.isEmpty() ? "" : ": " + log);
  }

  void unload() {
    modules.values().forEach(JCudaDriver::cuModuleUnload);
  }
}
