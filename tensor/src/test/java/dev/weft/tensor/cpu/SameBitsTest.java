package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Ops;
import dev.weft.tensor.PackedMatrix;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same bits, however many threads share the work. */
class SameBitsTest {

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    int before = Threads.count();
    try {
      Threads.set(1);
      Map<String, Tensor> expected = compute();
      for (int threads : new int[] {2, 3, 8}) {
        Threads.set(threads);
        Map<String, Tensor> actual = compute();
        expected.forEach(
            (name, tensor) ->
                assertArrayEquals(
                    tensor.toDoubles(), actual.get(name).toDoubles(), name + ", " + threads));
      }
    } finally {
      Threads.set(before);
    }
  }

  private static Map<String, Tensor> compute() {
    Map<String, Tensor> results = new LinkedHashMap<>();
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      Tensor x = Ops.randomNormal(dtype, Shape.of(300, 257), new RandomKey(1, 2));
      Tensor w = Ops.randomNormal(dtype, Shape.of(257, 130), new RandomKey(1, 3));
      Tensor bias = Ops.randomNormal(dtype, Shape.of(130), new RandomKey(1, 4));
      Tensor gain = Ops.randomNormal(dtype, Shape.of(257), new RandomKey(1, 5));
      results.put(dtype + " matmul", Ops.matmul(x, w, new MatmulTail(1, bias, UnaryOp.GELU)));
      PackedMatrix packed = PackedMatrix.of(Ops.copy(w.transpose(0, 1)));
      results.put(dtype + " packed", Ops.matmul(x, packed, MatmulTail.bias(bias)));
      results.put(dtype + " matmul of a row", Ops.matmul(x.slice(0, 0, 1), w));
      results.put(dtype + " gram", Ops.matmul(x.transpose(0, 1), x));
      results.put(dtype + " sum", Ops.sum(x, false));
      results.put(dtype + " columns", Ops.sum(x, false, 0));
      results.put(dtype + " rows", Ops.sum(x, false, 1));
      results.put(dtype + " softmax", Ops.softmax(x, 0));
      layerNorm(results, x, gain);
      results.put(dtype + " logSoftmax", Ops.logSoftmax(x, -1));
      crossEntropy(results, x);
      results.put(dtype + " dropout", Ops.dropout(x, 0.5, new RandomKey(1, 6)));
      results.put(dtype + " gelu", Ops.unary(UnaryOp.GELU, x));
      Tensor table = Tensor.zeros(dtype, 7, 257);
      int[] indices = new int[300];
      for (int i = 0; i < indices.length; i++) {
        indices[i] = i * i % 7;
      }
      Ops.scatterAdd(table, Tensor.of(indices), x);
      results.put(dtype + " scatterAdd", table);
      attention(results, dtype);
      results.put(dtype + " topK", Ops.topK(x, 20).values());
    }
    return results;
  }

  private static void crossEntropy(Map<String, Tensor> results, Tensor x) {
    Tensor slopes = Ops.copy(x);
    Tensor losses = Tensor.zeros(x.dtype(), 300);
    Tensor scales = Tensor.zeros(x.dtype(), 300);
    int[] targets = new int[300];
    Backends.of(x.device()).crossEntropy(slopes, Tensor.of(targets), losses, scales);
    results.put(x.dtype() + " slopes", slopes);
    results.put(x.dtype() + " losses", losses);
    results.put(x.dtype() + " scales", scales);
  }

  private static void layerNorm(Map<String, Tensor> results, Tensor x, Tensor gain) {
    LayerNormInputs plain = new LayerNormInputs(x, null, gain, gain, 1e-5);
    results.put(x.dtype() + " layerNorm", LayerNormOps.layerNorm(plain).output());
    Tensor first = x.slice(0, 0, 1).expand(x.shape());
    LayerNormInputs in = new LayerNormInputs(x, first, gain, gain, 1e-5);
    LayerNormOps.Result both = LayerNormOps.layerNorm(in);
    results.put(x.dtype() + " sum and layerNorm", both.output());
    assertArrayEquals(both.output().toDoubles(), LayerNormOps.layerNormOnly(in).toDoubles());
    LayerNormOps.Gradients gradients = LayerNormOps.layerNormBackward(gain, both, x);
    results.put(x.dtype() + " layerNorm dx", gradients.dx());
    results.put(x.dtype() + " layerNorm dgamma", gradients.dgamma());
    results.put(x.dtype() + " layerNorm dbeta", gradients.dbeta());
  }

  private static void attention(Map<String, Tensor> results, DType dtype) {
    Shape shape = Shape.of(2, 3, 150, 20);
    Tensor q = Ops.randomNormal(dtype, shape, new RandomKey(1, 7));
    Tensor k = Ops.randomNormal(dtype, shape, new RandomKey(1, 8));
    Tensor v = Ops.randomNormal(dtype, shape, new RandomKey(1, 9));
    AttentionInputs in = new AttentionInputs(q, k, v, null, 0.3, 0.2, new RandomKey(1, 10));
    AttentionOps.Result result = AttentionOps.attention(in);
    AttentionOps.Gradients gradients = AttentionOps.attentionBackward(in, result, v);
    results.put(dtype + " attention", result.output());
    results.put(dtype + " attention dq", gradients.dq());
    results.put(dtype + " attention dk", gradients.dk());
    results.put(dtype + " attention dv", gradients.dv());
  }
}
