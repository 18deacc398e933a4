package dev.weft.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.tensor.cpu.CpuBackend;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every refusal of {@link Ops}: one line that names the op, what was given and the way out. */
class OpsErrorsTest {
  private final Tensor x = Tensor.zeros(DType.F32, 2, 3);
  private final Tensor wide = Tensor.zeros(DType.F64, 2, 3);
  private final Tensor scalar = Tensor.scalar(DType.F32, 1);
  private final Tensor whole = Tensor.zeros(DType.I32, 2, 3);
  private final Tensor elsewhere = onAnotherDevice(DType.F32);

  /** A tensor that claims to live on a GPU. */
  private static Tensor onAnotherDevice(DType dtype) {
    HeapStorage host = (HeapStorage) CpuBackend.plain().allocate(dtype, 6, false);
    Storage storage =
        new Storage() {
          @Override
          public DType dtype() {
            return dtype;
          }

          @Override
          public int length() {
            return host.length();
          }

          @Override
          public Device device() {
            return Device.cuda(0);
          }

          @Override
          public void release() {}
        };
    return Tensor.over(storage, Shape.of(2, 3), 0);
  }

  private static void assertRefuses(String message, Runnable action) {
    assertEquals(message, assertThrows(TensorException.class, action::run).getMessage());
  }

  @Test
  void elementwise() {
    assertRefuses(
        "gelu: cannot compute in I32[2, 3]; cast it to F32 or F64",
        () -> Ops.unary(UnaryOp.GELU, whole));
    assertRefuses(
        "gelu backward: element types differ: F32[2, 3] and F64[2, 3]; cast one",
        () -> Ops.unaryBackward(UnaryOp.GELU, x, wide));
    assertRefuses(
        "relu backward: gradient is F32[] for F32[2, 3]",
        () -> Ops.unaryBackward(UnaryOp.RELU, x, scalar));
    assertRefuses(
        "add: element types differ: F32[2, 3] and F64[2, 3]; cast one", () -> Ops.add(x, wide));
    assertRefuses(
        "add: shapes do not broadcast: [2, 3] and [3, 2] (extents 3, 2)",
        () -> Ops.add(x, x.transpose(0, 1)));
    assertRefuses(
        "multiply: devices differ: F32[2, 3] and F32[2, 3]@cuda:0",
        () -> Ops.multiply(x, elsewhere));
    assertRefuses(
        "less: element types differ: F32[2, 3] and I32[2, 3]; cast one",
        () -> Ops.compare(CompareOp.LESS, x, whole));
  }

  @Test
  void inPlace() {
    assertRefuses(
        "addInto: the target F32[3, 2] must be contiguous",
        () -> Ops.addInto(x.transpose(0, 1), scalar));
    assertRefuses("expand: [2, 3] does not broadcast to []", () -> Ops.addInto(scalar, x));
    assertRefuses("device cuda:0: no backend on the class path", () -> Ops.copyInto(x, elsewhere));
    assertRefuses("expand: [2, 3] does not broadcast to []", () -> Ops.copyInto(scalar, x));
  }

  @Test
  void where() {
    Tensor mask = Tensor.of(new boolean[] {true, false, true});
    assertRefuses("where: the condition is F32[2, 3]; it must be BOOL", () -> Ops.where(x, x, x));
    assertRefuses(
        "where: element types differ: F32[2, 3] and F64[2, 3]; cast one",
        () -> Ops.where(mask, x, wide));
    assertRefuses(
        "where: shapes do not broadcast: [3] and [3, 2] (extents 3, 2)",
        () -> Ops.where(mask, x.transpose(0, 1), x.transpose(0, 1)));
    assertRefuses(
        "where: devices differ: F32[2, 3] and BOOL[2, 3]@cuda:0",
        () -> Ops.where(onAnotherDevice(DType.BOOL), x, x));
  }

  @Test
  void concat() {
    assertRefuses("concat: no tensors given", () -> Ops.concat(List.of(), 0));
    assertRefuses(
        "concat: F32[2, 3] and F32[3, 2] differ in more than axis 0",
        () -> Ops.concat(List.of(x, x.transpose(0, 1)), 0));
    assertRefuses(
        "concat: F32[2, 3] and F32[1, 2, 3] differ in more than axis 0",
        () -> Ops.concat(List.of(x, x.unsqueeze(0)), 0));
    assertRefuses(
        "concat: element types differ: F32[2, 3] and F64[2, 3]; cast one",
        () -> Ops.concat(List.of(x, wide), 0));
    assertRefuses(
        "axis 0 does not exist in shape [] of rank 0", () -> Ops.concat(List.of(scalar), 0));
  }

  @Test
  void folds() {
    assertRefuses(
        "sum: cannot compute in I32[2, 3]; cast it to F32 or F64", () -> Ops.sum(whole, false));
    assertRefuses("axis 2 does not exist in shape [2, 3] of rank 2", () -> Ops.sum(x, false, 2));
    assertRefuses("sumTo: [2] does not broadcast to [2, 3]", () -> Ops.sumTo(x, Shape.of(2)));
    assertRefuses(
        "argMax: rows of F32[2, 0] are empty", () -> Ops.argMax(Tensor.zeros(DType.F32, 2, 0)));
    assertRefuses("argMax: needs an axis, but F32[] is a scalar", () -> Ops.argMax(scalar));
    assertRefuses("logSumExp: needs an axis, but F32[] is a scalar", () -> Ops.logSumExp(scalar));
  }

  @Test
  void matmul() {
    assertRefuses(
        "matmul: inner dimensions differ: [2, 3] × [2, 3]; did you mean b.transpose(-1, -2)?",
        () -> Ops.matmul(x, x));
    assertRefuses(
        "matmul: inner dimensions differ: [2, 3] × [2, 4]",
        () -> Ops.matmul(x, Tensor.zeros(DType.F32, 2, 4)));
    assertRefuses(
        "matmul: needs two axes or more: [2, 3] × []; use unsqueeze", () -> Ops.matmul(x, scalar));
    assertRefuses(
        "matmul: element types differ: F32[2, 3] and F64[2, 3]; cast one",
        () -> Ops.matmul(x, wide));
    assertRefuses(
        "matmul: cannot compute in I32[2, 3]; cast it to F32 or F64",
        () -> Ops.matmul(whole, whole));
    Tensor y = Tensor.zeros(DType.F32, 3, 4);
    assertRefuses(
        "matmul: bias is F32[]; it must be [4]", () -> Ops.matmul(x, y, MatmulTail.bias(scalar)));
    assertRefuses(
        "matmul: bias: element types differ: F32[2, 3] and F64[4]; cast one",
        () -> Ops.matmul(x, y, MatmulTail.bias(Tensor.zeros(DType.F64, 4))));
    assertRefuses(
        "matmul: shapes do not broadcast: [2] and [3] (extents 2, 3)",
        () -> Ops.matmul(Tensor.zeros(DType.F32, 2, 2, 3), Tensor.zeros(DType.F32, 3, 3, 2)));
  }

  @Test
  void rows() {
    assertRefuses("softmax: needs an axis, but F32[] is a scalar", () -> Ops.softmax(scalar, 0));
    assertRefuses(
        "logSoftmax: cannot compute in I32[2, 3]; cast it to F32 or F64",
        () -> Ops.logSoftmax(whole, 0));
    assertRefuses("axis 2 does not exist in shape [2, 3] of rank 2", () -> Ops.softmax(x, 2));
    Tensor three = Tensor.zeros(DType.F32, 3);
    assertRefuses(
        "layerNorm: gamma F32[] and beta F32[3] must be [3] for F32[2, 3]",
        () -> layerNorm(x, null, scalar, three));
    assertRefuses(
        "layerNorm: beta: element types differ: F32[2, 3] and F64[3]; cast one",
        () -> layerNorm(x, null, three, Tensor.zeros(DType.F64, 3)));
    assertRefuses(
        "layerNorm: needs an axis, but F32[] is a scalar",
        () -> layerNorm(scalar, null, scalar, scalar));
    assertRefuses(
        "addLayerNorm: shapes differ: F32[2, 3] and F32[3]",
        () -> layerNorm(x, three, three, three));
    LayerNormOps.Result norm = layerNorm(x, x, three, three);
    assertRefuses(
        "layerNorm backward: gradient is F32[3] for F32[2, 3]",
        () -> LayerNormOps.layerNormBackward(three, norm, three));
    assertRefuses(
        "layerNorm backward: gamma is F32[2, 3] for F32[2, 3]",
        () -> LayerNormOps.layerNormBackward(x, norm, x));
    LayerNormOps.Result only =
        new LayerNormOps.Result(norm.output(), norm.output(), norm.mean(), norm.rstd());
    assertRefuses(
        "layerNorm backward: the sum F32[2, 3] was not kept",
        () -> LayerNormOps.layerNormBackward(three, only, x));
    assertRefuses("topK: k = 4 of rows of 3 elements", () -> Ops.topK(x, 4));
    assertRefuses("topK: k = -1 of rows of 3 elements", () -> Ops.topK(x, -1));
  }

  private static LayerNormOps.Result layerNorm(
      Tensor x, Tensor residual, Tensor gamma, Tensor beta) {
    return LayerNormOps.layerNorm(new LayerNormInputs(x, residual, gamma, beta, 1e-5));
  }

  @Test
  void rowsByIndex() {
    Tensor index = Tensor.of(new int[] {0});
    assertRefuses("gather: indices are F32[2, 3]; they must be I32 or I64", () -> Ops.gather(x, x));
    assertRefuses(
        "gather: the table is F32[]; it must be [rows, width]", () -> Ops.gather(scalar, index));
    assertRefuses(
        "gather: devices differ: F32[2, 3] and I32[2, 3]@cuda:0",
        () -> Ops.gather(x, onAnotherDevice(DType.I32)));
    assertRefuses(
        "gather: index 2 is outside a table of 2 rows",
        () -> Ops.gather(x, Tensor.of(new int[] {2})));
    assertRefuses(
        "scatterAdd: source is F32[2, 3]; it must be [1, 3]", () -> Ops.scatterAdd(x, index, x));
    assertRefuses(
        "scatterAdd: the target is F32[]; it must be [rows, width]",
        () -> Ops.scatterAdd(scalar, index, x));
    assertRefuses(
        "scatterAdd: cannot compute in I32[2, 3]; cast it to F32 or F64",
        () -> Ops.scatterAdd(whole, index, whole));
  }

  @Test
  void randomNumbers() {
    assertRefuses(
        "dropout: probability 1.0 is not in [0, 1)", () -> Ops.dropout(x, 1, new RandomKey(1, 1)));
    assertRefuses(
        "dropout: probability NaN is not in [0, 1)",
        () -> Ops.dropout(x, Double.NaN, new RandomKey(1, 1)));
    assertRefuses(
        "random numbers: cannot compute in I32[2]; cast it to F32 or F64",
        () -> Ops.randomNormal(DType.I32, Shape.of(2), new RandomKey(1, 1)));
  }
}
