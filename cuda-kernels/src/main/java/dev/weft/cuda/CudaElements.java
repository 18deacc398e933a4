package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.Locale;

/**
 * Everything that treats elements one by one. What lies row-major and begins at a multiple of 16
 * bytes goes through the kernels for that, everything else through those for any strides.
 */
final class CudaElements {
  private static final int VECTOR = 16;

  private final Gpu gpu;
  private final Launcher unary;
  private final Launcher unaryBackward;
  private final Launcher binary;
  private final Launcher compare;
  private final Launcher select;
  private final Launcher fill;
  private final CudaCopy copy;

  CudaElements(Gpu gpu, CudaMemory memory) {
    this.gpu = gpu;
    this.unary = new Launcher(gpu, "unary");
    this.unaryBackward = new Launcher(gpu, "unary_backward");
    this.binary = new Launcher(gpu, "binary");
    this.compare = new Launcher(gpu, "compare");
    this.select = new Launcher(gpu, "select");
    this.fill = new Launcher(gpu, "fill");
    this.copy = new CudaCopy(gpu);
  }

  /** Whether elements of these tensors can be moved 16 bytes at a time. */
  static boolean isDense(Layout layout, Tensor... tensors) {
    return layout.isDense() && isAligned(tensors);
  }

  private static boolean isAligned(Tensor... tensors) {
    for (Tensor tensor : tensors) {
      if (CudaStorage.address(tensor) % VECTOR != 0) {
        return false;
      }
    }
    return true;
  }

  /** {@link dev.weft.tensor.Backend#fill}. */
  void fill(Tensor out, double value) {
    IndexRange.wrote(out);
    if (out.numel() == 0) {
      return;
    }
    int size = out.dtype().byteSize();
    long bytes = (long) out.numel() * size;
    long pattern = pattern(out.dtype(), value);
    long address = CudaStorage.address(out);
    if (pattern == 0) {
      gpu.zero(address, bytes);
    } else if (address % VECTOR == 0) {
      Arguments arguments = new Arguments().add(address).add(pattern).add(bytes);
      fill.elements("fill_dense", (bytes + VECTOR - 1) / VECTOR, arguments);
    } else {
      Arguments arguments = new Arguments().add(address).add(pattern).add(out.numel());
      fill.elements("fill_" + size, out.numel(), arguments);
    }
  }

  /** Eight bytes of elements that hold the value, as the processor converts it. */
  private static long pattern(DType dtype, double value) {
    HeapStorage one =
        HeapStorage.of(
            dtype,
            switch (dtype) {
              case F64 -> new double[1];
              case F32 -> new float[1];
              case F16, BF16 -> new short[1];
              case I64 -> new long[1];
              case I32 -> new int[1];
              case U8, BOOL -> new byte[1];
            });
    one.set(0, value);
    return switch (dtype) {
      case F64 -> Double.doubleToRawLongBits(one.doubles()[0]);
      case I64 -> one.longs()[0];
      case F32 -> repeated(Float.floatToRawIntBits(one.floats()[0]), 32);
      case I32 -> repeated(one.ints()[0], 32);
      case F16, BF16 -> repeated(one.shorts()[0], 16);
      case U8, BOOL -> repeated(one.bytes()[0], 8);
    };
  }

  private static long repeated(long bits, int width) {
    long result = bits & ((1L << width) - 1);
    for (int filled = width; filled < 64; filled *= 2) {
      result |= result << filled;
    }
    return result;
  }

  /** {@link dev.weft.tensor.Backend#copy}. */
  void copy(Tensor source, Tensor out) {
    copy.copy(source, out);
    IndexRange.copied(source, out);
  }

  /** {@link dev.weft.tensor.Backend#unary}. */
  void unary(UnaryOp op, Tensor x, Tensor out) {
    Layout layout = Layout.of(x);
    Arguments arguments = new Arguments();
    if (x.dtype() == DType.F32 && isDense(layout, x, out)) {
      unary.vectors(name(op) + "_dense", out.numel(), tensors(arguments, x, out));
      return;
    }
    tensors(arguments.add(Codes.of(op)), x, out).add(layout.bytes()).add(out.numel());
    unary.elements("unary" + suffix(x), out.numel(), arguments);
  }

  /** {@link dev.weft.tensor.Backend#unaryBackward}. */
  void unaryBackward(UnaryOp op, Tensor x, Tensor gradOutput, Tensor out) {
    Layout layout = Layout.of(x, gradOutput);
    Arguments arguments = new Arguments();
    if (x.dtype() == DType.F32 && isDense(layout, x, gradOutput, out)) {
      tensors(arguments, x, gradOutput, out);
      unaryBackward.vectors(name(op) + "_backward_dense", out.numel(), arguments);
      return;
    }
    tensors(arguments.add(Codes.of(op)), x, gradOutput, out);
    arguments.add(layout.bytes()).add(out.numel());
    unaryBackward.elements("unary_backward" + suffix(x), out.numel(), arguments);
  }

  /** {@link dev.weft.tensor.Backend#binary}. */
  void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    IndexRange.wrote(out);
    Layout layout = Layout.of(a, b);
    Arguments arguments = new Arguments();
    boolean single = a.dtype() == DType.F32;
    if (single && isDense(layout, a, b, out)) {
      binary.vectors(name(op) + "_dense", out.numel(), tensors(arguments, a, b, out));
      return;
    }
    arguments.add(Codes.of(op));
    if (!single) {
      arguments.add(Codes.of(a.dtype()));
    }
    tensors(arguments, a, b, out).add(layout.bytes()).add(out.numel());
    binary.elements(single ? "binary_f32" : "binary_any", out.numel(), arguments);
  }

  /** {@link dev.weft.tensor.Backend#compare}. */
  void compare(CompareOp op, Tensor a, Tensor b, Tensor out) {
    Layout layout = Layout.of(a, b);
    Arguments arguments = new Arguments().add(Codes.of(op));
    if (a.dtype() == DType.F32 && isDense(layout, a, b, out)) {
      compare.vectors("compare_dense", out.numel(), tensors(arguments, a, b, out));
      return;
    }
    tensors(arguments.add(Codes.of(a.dtype())), a, b, out).add(layout.bytes()).add(out.numel());
    compare.elements("compare_any", out.numel(), arguments);
  }

  /** {@link dev.weft.tensor.Backend#select}. */
  void select(Tensor condition, Tensor a, Tensor b, Tensor out) {
    IndexRange.wrote(out);
    Layout layout = Layout.of(condition, a, b);
    Arguments arguments = tensors(new Arguments(), condition, a, b, out);
    int size = out.dtype().byteSize();
    if (size == 4 && isDense(layout, condition, a, b, out)) {
      select.vectors("select_dense", out.numel(), arguments);
      return;
    }
    select.elements("select_" + size, out.numel(), arguments.add(layout.bytes()).add(out.numel()));
  }

  private static Arguments tensors(Arguments arguments, Tensor... tensors) {
    for (Tensor tensor : tensors) {
      arguments.add(CudaStorage.address(tensor));
    }
    return arguments;
  }

  private static String name(Enum<?> op) {
    return op.name().toLowerCase(Locale.ROOT);
  }

  private static String suffix(Tensor x) {
    return x.dtype() == DType.F32 ? "_f32" : "_f64";
  }
}
