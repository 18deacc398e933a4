package dev.weft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Who owns the memory of a packed matrix, what products take it, what is refused. */
class PackedMatrixTest {
  private static final int K = 45;
  private static final int N = 70;

  private static Tensor normal(int seed, int... dims) {
    return Ops.randomNormal(DType.F32, Shape.of(dims), new RandomKey(3, seed));
  }

  private static String error(Runnable run) {
    return assertThrows(TensorException.class, run::run).getMessage();
  }

  @Test
  void takesTheMemoryOfItsTensor() {
    Tensor weight = normal(1, N, K);
    Tensor view = weight.slice(0, 0, 3);
    float[] before = weight.toFloats();
    PackedMatrix packed = PackedMatrix.of(weight);
    assertEquals(K, packed.rows());
    assertEquals(N, packed.columns());
    assertArrayEquals(before, packed.unpacked().toFloats());
    for (Tensor gone : new Tensor[] {weight, view}) {
      String error = error(gone::toFloats);
      assertTrue(error.contains("taken over by a PackedMatrix"), error);
    }
  }

  @Test
  void outlivesTheScopeOfItsTensor() {
    PackedMatrix packed;
    float[] expected;
    try (var _ = Scope.open()) {
      Tensor weight = normal(1, N, K);
      expected = weight.toFloats();
      packed = PackedMatrix.of(weight);
    }
    try (var _ = Scope.open()) {
      normal(2, N, K); // what the scope gave back would be written here
      assertArrayEquals(expected, packed.unpacked().toFloats());
    }
  }

  @Test
  void anyLeadingAxes() {
    Tensor weight = normal(1, N, K);
    Tensor bias = normal(2, N);
    MatmulTail tail = MatmulTail.bias(bias).then(UnaryOp.GELU);
    PackedMatrix packed = PackedMatrix.of(Ops.copy(weight));
    for (Tensor a : new Tensor[] {normal(3, 2, 5, K), normal(4, 2, K, 5).transpose(1, 2)}) {
      Tensor product = Ops.matmul(a, packed, tail);
      assertEquals(Shape.of(2, 5, N), product.shape());
      assertArrayEquals(
          Ops.matmul(a.reshape(10, K), weight.transpose(0, 1), tail).toFloats(),
          product.toFloats());
    }
    Tensor row = normal(5, K);
    float[] single = Ops.matmul(row, packed, tail).toFloats();
    Tensor expected = Ops.matmul(row.reshape(1, K), weight.transpose(0, 1), tail);
    assertArrayEquals(expected.toFloats(), single, 1e-5f);
    assertEquals(Shape.of(0, N), Ops.matmul(normal(6, 0, K), packed, tail).shape());
  }

  @Test
  void refusals() {
    assertTrue(error(() -> PackedMatrix.of(normal(1, 4))).contains("must be a matrix"));
    assertTrue(error(() -> PackedMatrix.of(Tensor.of(new int[4], 2, 2))).contains("floating"));
    Tensor whole = normal(1, 6, 4);
    for (Tensor view :
        new Tensor[] {whole.slice(0, 0, 3), whole.slice(0, 3, 6), whole.transpose(0, 1)}) {
      assertTrue(error(() -> PackedMatrix.of(view)).contains("copy it first"));
    }
    PackedMatrix packed = PackedMatrix.of(whole);
    String inner = error(() -> Ops.matmul(normal(2, 3, 5), packed, MatmulTail.NONE));
    assertEquals("matmul: inner dimensions differ: [3, 5] × packed F32 [6, 4]ᵀ", inner);
    String bias = error(() -> Ops.matmul(normal(2, 3, 4), packed, MatmulTail.bias(normal(3, 4))));
    assertTrue(bias.contains("it must be [6]"), bias);
    Tensor doubles = Tensor.zeros(DType.F64, 3, 4);
    String type = error(() -> Ops.matmul(doubles, packed, MatmulTail.NONE));
    assertTrue(type.contains("element types differ"), type);
  }
}
