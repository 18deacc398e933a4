package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.AdamSlot;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.Contrast;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.MixtureInputs;
import dev.weft.tensor.MixtureOps;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import dev.weft.tensor.cpu.HeapStorage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What passes between host and device, seen from the device: nothing but what is asked for, and
 * every copy of it is counted.
 */
class TrafficTest {
  private static final Shape SQUARE = Shape.of(4, 4);

  private final Map<String, Integer> calls = new HashMap<>();
  private final CudaBackend backend =
      new CudaBackend(
          watched(new MachineGpu(80, 1L << 28)), Device.cuda(0), MatmulPrecision.FLOAT32);

  private Gpu watched(Gpu gpu) {
    return (Gpu)
        Proxy.newProxyInstance(
            Gpu.class.getClassLoader(),
            new Class<?>[] {Gpu.class},
            (_, method, arguments) -> {
              calls.merge(method.getName(), 1, Integer::sum);
              try {
                return method.invoke(gpu, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private int calls(String method) {
    return calls.getOrDefault(method, 0);
  }

  @AfterEach
  void everyCopyIsCounted() {
    assertEquals(calls("upload"), backend.traffic().uploads());
    assertEquals(calls("download"), backend.traffic().downloads());
    assertEquals(calls("launch"), backend.traffic().launches());
  }

  private Tensor empty(DType dtype, Shape shape) {
    return Tensor.over(backend.allocate(dtype, shape.numel(), true), shape, 0);
  }

  private Tensor ones(int... dims) {
    Tensor tensor = empty(DType.F32, Shape.of(dims));
    backend.fill(tensor, 1);
    return tensor;
  }

  private Tensor indices(int... values) {
    Tensor tensor = empty(DType.I32, Shape.of(values.length));
    backend.upload(HeapStorage.of(DType.I32, values), tensor);
    return tensor;
  }

  private void assertNothingPassed(Traffic before) {
    Traffic traffic = backend.traffic().since(before);
    assertEquals(0, traffic.uploads() + traffic.downloads(), traffic.toString());
  }

  @Test
  void elementsRowsAndProductsPassNothing() {
    Traffic before = backend.traffic();
    Tensor x = ones(4, 4);
    Tensor out = ones(4, 4);
    Tensor flags = empty(DType.BOOL, SQUARE);
    backend.copy(x.transpose(0, 1), out);
    backend.unary(UnaryOp.EXP, x, out);
    backend.unaryBackward(UnaryOp.EXP, x, x, out);
    backend.binary(BinaryOp.ADD, x, x, out);
    backend.compare(CompareOp.LESS, x, x, flags);
    backend.select(flags, x, x, out);
    backend.reduce(ReduceOp.SUM, x, ones(4, 1));
    backend.argMax(x, empty(DType.I32, Shape.of(4)));
    backend.topK(x, ones(4, 2), empty(DType.I32, Shape.of(4, 2)));
    backend.matmul(x, x, MatmulTail.NONE, out);
    backend.softmax(x, out);
    backend.softmaxBackward(x, x, out);
    backend.logSoftmax(x, out);
    backend.logSoftmaxBackward(x, x, out);
    backend.logSumExp(x, ones(4));
    backend.randomUniform(new RandomKey(1, 2), out);
    backend.randomNormal(new RandomKey(1, 2), out);
    backend.dropout(x, 0.5, new RandomKey(1, 2), out);
    assertNothingPassed(before);
  }

  @Test
  void normsAttentionAndMixturePassNothing() {
    Traffic before = backend.traffic();
    Tensor x = ones(4, 4);
    LayerNormInputs norm = new LayerNormInputs(x, null, ones(4), ones(4), 1e-3);
    LayerNormOps.Result normed = new LayerNormOps.Result(x, ones(4, 4), ones(4), ones(4));
    backend.layerNorm(norm, normed);
    backend.layerNormBackward(
        norm.gamma(), normed, x, new LayerNormOps.Gradients(ones(4, 4), ones(4), ones(4)));
    Tensor heads = ones(1, 1, 4, 4);
    AttentionInputs attention = new AttentionInputs(heads, heads, heads, null, 1, 0, null);
    AttentionOps.Result attended = new AttentionOps.Result(ones(1, 1, 4, 4), ones(1, 1, 4));
    backend.attention(attention, attended.output(), attended.logSumExp());
    backend.attentionBackward(
        attention, attended, heads, ones(1, 1, 4, 4), ones(1, 1, 4, 4), ones(1, 1, 4, 4));
    MixtureInputs mixture = new MixtureInputs(ones(3, 2, 4), ones(3, 2), ones(2, 4), ones(2, 4), 1);
    MixtureOps.Result mixed = new MixtureOps.Result(ones(3, 4), ones(3, 2), ones(3, 2));
    backend.mixture(mixture, mixed);
    backend.mixtureBackward(
        mixture,
        mixed,
        ones(3, 4),
        new MixtureOps.Gradients(ones(3, 2, 4), ones(3, 2), ones(2, 4), ones(2, 4)));
    assertNothingPassed(before);
  }

  @Test
  void lossesAndLookUpsPassTheirIndicesAndNothingElse() {
    Tensor rows = indices(3, 0, 2, 2);
    Traffic before = backend.traffic();
    Tensor table = ones(4, 4);
    backend.gather(table, rows, ones(4, 4));
    backend.scatterAdd(rows, ones(4, 4), table);
    backend.gather(table, rows.slice(0, 1, 3), ones(2, 4));
    Contrast rule = new Contrast(rows, Contrast.Duplicates.LEFT_OUT, false);
    Tensor sums = ones(4, 1);
    backend.contrast(table, rule, sums);
    backend.contrastBackward(table, rule, sums, ones(4, 1));
    backend.crossEntropy(table, rows, ones(4), ones(4));
    assertNothingPassed(before);
  }

  /** Indices that the host does not know are asked for: once, and that is counted. */
  @Test
  void unknownIndicesAreAskedFor() {
    Tensor rows = empty(DType.I32, Shape.of(4));
    backend.fill(rows, 1);
    Traffic before = backend.traffic();
    backend.gather(ones(4, 4), rows, ones(4, 4));
    Traffic traffic = backend.traffic().since(before);
    assertEquals(1, traffic.downloads(), traffic.toString());
  }

  @Test
  void anOptimiserBringsItsAddressesOnce() {
    List<Tensor> gradients = List.of(ones(5), ones(2, 3));
    List<AdamSlot> slots =
        List.of(
            new AdamSlot(ones(5), gradients.get(0), ones(5), ones(5)),
            new AdamSlot(ones(2, 3), gradients.get(1), ones(2, 3), ones(2, 3)));
    Tensor factor = empty(DType.F64, Shape.of(1));
    AdamOptions options = new AdamOptions(1e-2, 0.9, 0.99, 1e-6, 0, true, 1);
    Traffic before = backend.traffic();
    for (int step = 0; step < 3; step++) {
      backend.sumOfSquares(gradients, factor);
      backend.adamSteps(options, slots, factor);
    }
    Traffic traffic = backend.traffic().since(before);
    assertEquals(2, traffic.uploads(), "one table for each kernel");
    assertEquals(0, traffic.downloads());
    assertEquals(3L * 3, traffic.launches());
  }
}
