package dev.weft.cuda;

import dev.weft.tensor.Backend;
import dev.weft.tensor.BackendProvider;
import dev.weft.tensor.Device;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Offers CUDA devices to {@link dev.weft.tensor.Backends}. With {@code -Dweft.cuda=machine}, device
 * 0 is the {@linkplain MachineGpu PTX machine}: slow, but there on every computer.
 */
public final class CudaProvider implements BackendProvider {
  /**
   * System property: {@code machine} makes device 0 the PTX machine, {@code machine:75} one that
   * takes the PTX of that compute capability.
   */
  public static final String PROPERTY = "weft.cuda";

  /**
   * System property: {@code tf32} or {@code bf16} lets F32 products and attention round their
   * factors, for tensor cores; {@code float32}, the default, does not.
   */
  public static final String PRECISION_PROPERTY = "weft.cuda.precision";

  /**
   * System property: {@code cublas} multiplies matrices through cuBLAS or stops, {@code own} with
   * our own kernels; {@code auto}, the default, through cuBLAS where it can be used. The PTX
   * machine takes our own kernels unless {@code cublas} asks it to stand in for that too.
   */
  public static final String PRODUCTS_PROPERTY = "weft.cuda.products";

  private static final Pattern MACHINE = Pattern.compile("machine(?::(\\d+))?");
  private static final int MACHINE_CAPABILITY = 80;
  private static final long MACHINE_BYTES = 4L << 30;

  @Override
  public Optional<Backend> backendFor(Device device) {
    if (device.kind() != Device.Kind.CUDA) {
      return Optional.empty();
    }
    String asked = System.getProperty(PROPERTY, "");
    return Optional.of(asked.isEmpty() ? card(device) : machine(device, asked));
  }

  private static CudaBackend card(Device device) {
    return new CudaBackend(
        JcudaGpu.open(device.index()), device, precision(), ProductsChoice.asked());
  }

  private static CudaBackend machine(Device device, String asked) {
    Matcher form = MACHINE.matcher(asked);
    if (!form.matches()) {
      throw new CudaException(
          "-D" + PROPERTY + "=" + asked + ": unknown; known: machine, machine:75, machine:80, …");
    }
    int capability = form.group(1) == null ? MACHINE_CAPABILITY : Integer.parseInt(form.group(1));
    if (device.index() != 0 || !PtxKernels.CAPABILITIES.contains(capability)) {
      throw new CudaException(
          "-D%s=%s: no %s; the PTX machine is cuda:0 and takes PTX for one of %s"
              .formatted(PROPERTY, asked, device, PtxKernels.CAPABILITIES));
    }
    ProductsChoice choice =
        ProductsChoice.asked() == ProductsChoice.CUBLAS
            ? ProductsChoice.CUBLAS
            : ProductsChoice.OWN;
    return new CudaBackend(new MachineGpu(capability, MACHINE_BYTES), device, precision(), choice);
  }

  private static MatmulPrecision precision() {
    return asked(PRECISION_PROPERTY, MatmulPrecision.FLOAT32);
  }

  /**
   * The constant that a system property names, in whatever case.
   *
   * @throws CudaException naming all of them if it names none
   */
  static <E extends Enum<E>> E asked(String property, E otherwise) {
    String asked = System.getProperty(property, otherwise.name());
    E[] known = otherwise.getDeclaringClass().getEnumConstants();
    for (E constant : known) {
      if (constant.name().equalsIgnoreCase(asked)) {
        return constant;
      }
    }
    String names = Arrays.stream(known).map(Enum::name).collect(Collectors.joining(", "));
    throw new CudaException(
        "-D%s=%s: unknown; known: %s".formatted(property, asked, names.toLowerCase(Locale.ROOT)));
  }
}
