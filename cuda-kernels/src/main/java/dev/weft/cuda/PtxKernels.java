package dev.weft.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The kernels of {@code src/main/cuda} as PTX, made by {@code build-ptx.sh} for three generations
 * of devices; a device takes the newest that is not newer than itself.
 */
public final class PtxKernels {
  /** One module for each {@code .cu} file. */
  public static final List<String> MODULES =
      List.of(
          "adam",
          "arg_max",
          "attention",
          "attention_backward",
          "attention_tensor",
          "attention_tensor_backward",
          "binary",
          "compare",
          "contrast",
          "copy",
          "cross_entropy",
          "dropout",
          "fill",
          "gather",
          "indices",
          "layer_norm",
          "log_softmax",
          "matmul",
          "matmul_half",
          "matmul_tail",
          "matmul_tensor",
          "mixture",
          "random",
          "reduce",
          "scatter_add",
          "select",
          "softmax",
          "sum_of_squares",
          "top_k",
          "unary",
          "unary_backward");

  /** Compute capabilities that PTX is kept for, times ten, newest first. */
  public static final List<Integer> CAPABILITIES = List.of(90, 80, 75);

  private PtxKernels() {}

  /**
   * The PTX of a module for a device.
   *
   * @param module one of {@link #MODULES}
   * @param computeCapability the device's, for example "8.6"
   * @throws IllegalArgumentException if the device is older than compute capability 7.5
   */
  public static String forDevice(String module, String computeCapability) {
    String[] parts = computeCapability.split("\\.", -1);
    int capability = 10 * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]);
    for (int kept : CAPABILITIES) {
      if (kept <= capability) {
        return text(module, kept);
      }
    }
    throw new IllegalArgumentException(
        "a device of compute capability "
            + computeCapability
            + " is too old: 7.5 (Turing) is the least; compute on the CPU");
  }

  /** The PTX of a module for one of {@link #CAPABILITIES}. */
  public static String text(String module, int capability) {
    String name = "kernels/sm_" + capability + "/" + module + ".ptx";
    try (InputStream in = PtxKernels.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no PTX " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
