package dev.weft.bench.device;

import dev.weft.bench.compare.Inputs;
import dev.weft.cuda.CudaBackend;
import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.Contrast;
import dev.weft.tensor.DType;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** One operation of every kernel family on a device, over the same numbers each time. */
final class BitsOps {
  private static final int ROWS = 24;
  private static final int N = 96;

  /** Built on ex2.approx, lg2.approx, rcp.approx and their like, or on sin and cos. */
  private static final Set<String> APPROXIMATE =
      Set.of(
          "unary exp",
          "unary log",
          "unary tanh",
          "unary sigmoid",
          "unary erf",
          "unary gelu",
          "unary gelu_tanh",
          "unary quick_gelu",
          "softmax",
          "log softmax",
          "cross-entropy",
          "contrast",
          "attention",
          "random normal",
          "layer norm",
          "adam");

  private final CudaBackend on;
  private final Map<String, HeapStorage> results = new LinkedHashMap<>();

  BitsOps(CudaBackend on) {
    this.on = on;
  }

  /** Whether a card may have other bits than the machine. */
  static boolean isApproximate(String op) {
    return APPROXIMATE.contains(op);
  }

  private Tensor empty(DType type, int... dims) {
    Shape shape = Shape.of(dims);
    return Tensor.over(on.allocate(type, shape.numel(), false), shape, 0);
  }

  private Tensor normal(int index, int... dims) {
    Tensor tensor = empty(DType.F32, dims);
    on.upload(HeapStorage.of(DType.F32, Inputs.normal(index, tensor.numel())), tensor);
    return tensor;
  }

  private Tensor indices(int length, int below) {
    Tensor tensor = empty(DType.I32, length);
    on.upload(HeapStorage.of(DType.I32, Inputs.integers(3, length, 0, below)), tensor);
    return tensor;
  }

  private void keep(String op, Tensor result) {
    results.put(op, on.download(result));
  }

  /** Every operation's result. */
  Map<String, HeapStorage> run() {
    elements();
    rows();
    products();
    lookups();
    random();
    adam();
    return results;
  }

  private void elements() {
    Tensor x = normal(1, ROWS, N);
    Tensor y = normal(2, ROWS, N);
    Tensor out = empty(DType.F32, ROWS, N);
    for (UnaryOp op : UnaryOp.values()) {
      on.unary(op, x, out);
      keep("unary " + op.name().toLowerCase(Locale.ROOT), out);
    }
    for (BinaryOp op : new BinaryOp[] {BinaryOp.ADD, BinaryOp.MULTIPLY, BinaryOp.DIVIDE}) {
      on.binary(op, x, y, out);
      keep("binary " + op.name().toLowerCase(Locale.ROOT), out);
    }
    Tensor turned = empty(DType.F32, N, ROWS);
    on.copy(x.transpose(0, 1), turned);
    keep("transposition", turned);
    Tensor half = empty(DType.BF16, ROWS, N);
    on.copy(x, half);
    keep("to BF16", half);
  }

  private void rows() {
    Tensor x = normal(4, ROWS, N);
    Tensor out = empty(DType.F32, ROWS, N);
    on.softmax(x, out);
    keep("softmax", out);
    on.logSoftmax(x, out);
    keep("log softmax", out);
    Tensor losses = empty(DType.F32, ROWS);
    on.crossEntropy(normal(20, ROWS, N), indices(ROWS, N), losses, empty(DType.F32, ROWS));
    keep("cross-entropy", losses);
    Contrast rule = new Contrast(indices(ROWS, 8), Contrast.Duplicates.LEFT_OUT, true);
    Tensor pairs = empty(DType.F32, ROWS, 1);
    on.contrast(normal(21, ROWS, ROWS), rule, pairs);
    keep("contrast", pairs);
    Tensor sums = empty(DType.F32, ROWS, 1);
    on.reduce(ReduceOp.SUM, x, sums);
    keep("sums of rows", sums);
    Tensor columns = empty(DType.F32, 1, N);
    on.reduce(ReduceOp.SUM, x, columns);
    keep("sums of columns", columns);
    Tensor greatest = empty(DType.I32, ROWS);
    on.argMax(x, greatest);
    keep("arg max", greatest);
    Tensor values = empty(DType.F32, ROWS, 5);
    on.topK(x, values, empty(DType.I32, ROWS, 5));
    keep("top k", values);
    LayerNormInputs in = new LayerNormInputs(x, null, normal(5, N), normal(6, N), 1e-5);
    on.layerNorm(
        in, new LayerNormOps.Result(x, out, empty(DType.F32, ROWS), empty(DType.F32, ROWS)));
    keep("layer norm", out);
  }

  private void products() {
    Tensor a = normal(7, ROWS, N);
    Tensor b = normal(8, N, ROWS);
    Tensor out = empty(DType.F32, ROWS, ROWS);
    on.matmul(a, b, MatmulTail.NONE, out);
    keep("product", out);
    Tensor wideA = normal(9, 132, N);
    Tensor wide = empty(DType.F32, 132, 136);
    on.matmul(wideA, normal(10, 136, N).transpose(0, 1), MatmulTail.bias(normal(11, 136)), wide);
    keep("product in wide tiles", wide);
    Tensor q = normal(12, 1, 2, ROWS, 16);
    Tensor attended = empty(DType.F32, 1, 2, ROWS, 16);
    AttentionInputs in =
        new AttentionInputs(
            q, normal(13, 1, 2, ROWS, 16), normal(14, 1, 2, ROWS, 16), null, 0.25, 0, null);
    on.attention(in, attended, empty(DType.F32, 1, 2, ROWS));
    keep("attention", attended);
  }

  private void lookups() {
    Tensor table = normal(15, ROWS, N);
    Tensor picked = empty(DType.F32, 40, N);
    on.gather(table, indices(40, ROWS), picked);
    keep("gather", picked);
    on.scatterAdd(indices(40, ROWS), normal(16, 40, N), table);
    keep("scatter add", table);
  }

  private void random() {
    Tensor out = empty(DType.F32, ROWS, N);
    on.randomUniform(new RandomKey(1, 2), out);
    keep("random uniform", out);
    on.randomNormal(new RandomKey(1, 3), out);
    keep("random normal", out);
    on.dropout(normal(17, ROWS, N), 0.3, new RandomKey(1, 4), out);
    keep("dropout", out);
  }

  private void adam() {
    Tensor weight = normal(18, ROWS, N);
    Tensor m = empty(DType.F32, ROWS, N);
    Tensor v = empty(DType.F32, ROWS, N);
    on.fill(m, 0);
    on.fill(v, 0.5);
    AdamOptions options = new AdamOptions(1e-3, 0.9, 0.999, 1e-8, 0.01, true, 1);
    on.adamStep(options, weight, normal(19, ROWS, N), m, v);
    keep("adam", weight);
  }
}
