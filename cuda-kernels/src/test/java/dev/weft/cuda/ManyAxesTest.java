package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.weft.tensor.Backend;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import dev.weft.tensor.cpu.HeapStorage;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Views with more axes than kernels can walk: of which no two neighbouring ones join into one. */
class ManyAxesTest {
  private static final int AXES = 10;

  private final Backend cuda =
      new CudaBackend(new MachineGpu(80, 1L << 28), Device.cuda(0), MatmulPrecision.FLOAT32);
  private final Backend reference = new ReferenceBackend();

  /** One backend with operands made for it. */
  private record On(Backend backend) {
    Tensor put(DType dtype, Shape shape) {
      float[] values = new Ladder(shape.numel()).normal(shape.numel());
      HeapStorage host = HeapStorage.of(DType.F32, values);
      Tensor tensor = empty(DType.F32, shape);
      backend.upload(host, tensor);
      Tensor converted = empty(dtype, shape);
      backend.copy(tensor, converted);
      return converted;
    }

    /** All axes of extent 2, in the reverse of their order. */
    Tensor reversed(DType dtype) {
      int[] twos = new int[AXES];
      Arrays.fill(twos, 2);
      int[] order = new int[AXES];
      Arrays.setAll(order, axis -> AXES - 1 - axis);
      return put(dtype, Shape.of(twos)).permute(order);
    }

    Tensor empty(DType dtype, Shape shape) {
      return Tensor.over(backend.allocate(dtype, shape.numel(), false), shape, 0);
    }

    float[] read(Tensor x) {
      HeapStorage host = backend.download(x);
      float[] values = new float[x.numel()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) host.get(i);
      }
      return values;
    }
  }

  private void check(DType dtype, Shape result, BiConsumer<On, Tensor> operation) {
    float[][] found = new float[2][];
    for (On on : new On[] {new On(reference), new On(cuda)}) {
      Tensor out = on.empty(dtype, result);
      operation.accept(on, out);
      found[on.backend.equals(cuda) ? 1 : 0] = on.read(out);
    }
    assertArrayEquals(found[0], found[1], 1e-4f);
  }

  private void check(BiConsumer<On, Tensor> operation) {
    check(DType.F32, new On(reference).reversed(DType.F32).shape(), operation);
  }

  @Test
  void elements() {
    check((on, out) -> on.backend.copy(on.reversed(DType.F32), out));
    check((on, out) -> on.backend.copy(on.reversed(DType.F64), out));
    check((on, out) -> on.backend.unary(UnaryOp.NEGATE, on.reversed(DType.F32), out));
    check(
        (on, out) -> {
          Tensor x = on.reversed(DType.F32);
          on.backend.unaryBackward(UnaryOp.SQUARE, x, on.put(DType.F32, x.shape()), out);
        });
    check(
        (on, out) -> {
          Tensor x = on.reversed(DType.F32);
          on.backend.binary(BinaryOp.SUBTRACT, on.put(DType.F32, x.shape()), x, out);
        });
    check(
        (on, out) -> {
          Tensor x = on.reversed(DType.F32);
          Tensor other = on.put(DType.F32, x.shape());
          Tensor less = on.empty(DType.BOOL, x.shape());
          on.backend.compare(CompareOp.LESS, x, other, less);
          on.backend.select(less, other, x, out);
        });
    check((on, out) -> on.backend.dropout(on.reversed(DType.F32), 0.3, new RandomKey(1, 2), out));
  }

  @Test
  void intoAViewToo() {
    check(
        (on, out) -> {
          int[] order = new int[AXES];
          Arrays.setAll(order, axis -> (axis + 3) % AXES);
          on.backend.copy(on.reversed(DType.F32), out.permute(order));
        });
  }

  @Test
  void folds() {
    int[] every = new int[AXES];
    int[] second = new int[AXES];
    int[] most = new int[AXES];
    Arrays.setAll(every, axis -> 2);
    Arrays.setAll(second, axis -> axis % 2 == 0 ? 1 : 2);
    Arrays.setAll(most, axis -> axis == 4 ? 1 : 2);
    check(
        DType.F32,
        Shape.of(second),
        (on, out) -> on.backend.reduce(ReduceOp.SUM, on.reversed(DType.F32), out));
    check(
        DType.F32,
        Shape.of(most),
        (on, out) -> on.backend.reduce(ReduceOp.MAX, on.reversed(DType.F32), out));
    check(
        DType.I32,
        Shape.of(Arrays.copyOf(every, AXES - 1)),
        (on, out) -> on.backend.argMax(on.reversed(DType.F32), out));
  }

  @Test
  void rows() {
    check((on, out) -> on.backend.softmax(on.reversed(DType.F32), out));
    check(
        (on, out) -> {
          Tensor x = on.reversed(DType.F32);
          on.backend.softmaxBackward(x, x, out);
        });
    check((on, out) -> on.backend.logSoftmax(on.reversed(DType.F32), out));
    check(
        (on, out) -> {
          Tensor x = on.reversed(DType.F32);
          on.backend.logSoftmaxBackward(x, x, out);
        });
    check(
        (on, out) -> {
          Tensor x = on.reversed(DType.F32);
          Tensor two = on.put(DType.F32, Shape.of(2));
          Tensor mean = on.empty(DType.F32, RowView.rowShape(x));
          Tensor rstd = on.empty(DType.F32, RowView.rowShape(x));
          Tensor sum = on.empty(DType.F32, x.shape());
          LayerNormInputs in = new LayerNormInputs(x, x, two, two, 1e-3);
          LayerNormOps.Result result = new LayerNormOps.Result(sum, out, mean, rstd);
          on.backend.layerNorm(in, result);
          Tensor dx = on.empty(DType.F32, x.shape());
          Tensor dgamma = on.empty(DType.F32, Shape.of(2));
          Tensor dbeta = on.empty(DType.F32, Shape.of(2));
          on.backend.layerNormBackward(
              two, result, x, new LayerNormOps.Gradients(dx, dgamma, dbeta));
          on.backend.binary(BinaryOp.ADD, out, dx, out);
        });
  }

  @Test
  void products() {
    check(
        (on, out) -> {
          Tensor x = on.reversed(DType.F32);
          on.backend.matmul(x, on.put(DType.F32, x.shape()), MatmulTail.NONE, out);
        });
  }

  @Test
  void lookUps() {
    Shape shape = new On(reference).reversed(DType.I32).shape();
    int[] wide = Arrays.copyOf(shape.dims(), AXES + 1);
    wide[AXES] = 3;
    check(
        DType.F32,
        Shape.of(wide),
        (on, out) -> {
          Tensor indices = on.empty(DType.I32, shape);
          int[] values = new int[shape.numel()];
          Arrays.setAll(values, i -> i % 7);
          on.backend.upload(HeapStorage.of(DType.I32, values), indices);
          int[] order = new int[AXES];
          Arrays.setAll(order, axis -> AXES - 1 - axis);
          on.backend.gather(on.put(DType.F32, Shape.of(7, 3)), indices.permute(order), out);
        });
  }
}
