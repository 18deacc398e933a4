package dev.weft.autograd.op;

import static dev.weft.autograd.op.Attention.attention;
import static dev.weft.autograd.op.CrossEntropy.crossEntropy;
import static dev.weft.autograd.op.Dropout.dropout;
import static dev.weft.autograd.op.InfoNce.infoNce;
import static dev.weft.autograd.op.L2Normalize.l2Normalize;
import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.Max.max;
import static dev.weft.autograd.op.SelfAttention.lastAttention;
import static dev.weft.autograd.op.SelfAttention.selfAttention;
import static dev.weft.autograd.op.Slice.slice;
import static dev.weft.autograd.op.Sum.sum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.GradientCheck;
import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.autograd.op.SelfAttention.Heads;
import dev.weft.autograd.op.SelfAttention.Sequences;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.UnaryOp;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the golden cases leave open: edges, options, and errors; against direct transcriptions. */
class OpSemanticsTest {
  private static final RandomKey KEY = new RandomKey(11, 0);

  private static Variable normal(long stream, int... dims) {
    return Variable.parameter(
        Ops.randomNormal(DType.F64, Shape.of(dims), new RandomKey(5, stream)));
  }

  @Test
  void dropoutKeepsItsShareAndItsMaskGoingBack() {
    Variable x = Variable.parameter(Tensor.full(DType.F64, Shape.of(100, 100), cpu(), 1));
    Variable y = dropout(x, 0.3, KEY);
    sum(y, false).backward();
    double[] kept = y.value().toDoubles();
    assertArrayEquals(kept, x.grad().toDoubles());
    assertTrue(Arrays.stream(kept).allMatch(v -> v == 0 || Math.abs(v - 1 / 0.7) < 1e-12));
    assertEquals(1, Arrays.stream(kept).average().orElseThrow(), 0.03);
    assertSame(x, dropout(x, 0, KEY));
  }

  private static Device cpu() {
    return Device.CPU;
  }

  @Test
  void attentionIsItsFormula() {
    Variable q = normal(0, 2, 1, 3, 4);
    Variable k = normal(1, 2, 1, 5, 4);
    Variable v = normal(2, 2, 1, 5, 2);
    boolean[] attends = new boolean[30];
    for (int i = 0; i < attends.length; i++) {
      attends[i] = i % 4 != 1 && i / 5 != 4; // The fifth query sees nothing.
    }
    Tensor mask = Tensor.of(attends, 2, 1, 3, 5);
    double[] y = attention(q, k, v, mask, 0.5, 0, null).value().toDoubles();
    double[] queries = q.value().toDoubles();
    double[] keys = k.value().toDoubles();
    double[] values = v.value().toDoubles();
    for (int row = 0; row < 6; row++) {
      double[] weights = new double[5];
      for (int key = 0; key < 5; key++) {
        double score = 0;
        for (int i = 0; i < 4; i++) {
          score += queries[row * 4 + i] * keys[(row / 3 * 5 + key) * 4 + i];
        }
        weights[key] = attends[row * 5 + key] ? Math.exp(0.5 * score) : 0;
      }
      double total = Arrays.stream(weights).sum();
      for (int column = 0; column < 2; column++) {
        double expected = 0;
        for (int key = 0; key < 5; key++) {
          expected += weights[key] * values[(row / 3 * 5 + key) * 2 + column];
        }
        assertEquals(total == 0 ? 0 : expected / total, y[row * 2 + column], 1e-12);
      }
    }
  }

  @Test
  void aQueryThatSeesNothingHasNoGradient() {
    Variable q = normal(0, 1, 1, 2, 3);
    Variable k = normal(1, 1, 1, 4, 3);
    Tensor mask = Tensor.of(new boolean[8], 1, 1, 2, 4);
    sum(attention(q, k, k, mask, 1, 0, null), false).backward();
    assertArrayEquals(new double[6], q.grad().toDoubles());
    assertArrayEquals(new double[12], k.grad().toDoubles());
  }

  @Test
  void attentionDropsWeightsByTheKeysMask() {
    Variable q = normal(0, 1, 1, 3, 4);
    Variable k = normal(1, 1, 1, 3, 4);
    Variable identity =
        Variable.of(Tensor.of(new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, 1, 1, 3, 3));
    Tensor weights = attention(q, k, identity, null, 1, 0, null).value();
    Tensor dropped = attention(q, k, identity, null, 1, 0.5, KEY).value();
    assertArrayEquals(Ops.dropout(weights, 0.5, KEY).toDoubles(), dropped.toDoubles(), 1e-15);
  }

  @Test
  void attentionNamesWhatDoesNotFit() {
    Variable q = normal(0, 1, 1, 3, 4);
    Variable narrow = normal(1, 1, 1, 3, 2);
    TensorException error =
        assertThrows(TensorException.class, () -> attention(q, narrow, narrow, null, 1, 0, null));
    assertTrue(error.getMessage().contains("[1, 1, 3, 2]"));
    Tensor numbers = Tensor.of(new double[] {1});
    assertThrows(TensorException.class, () -> attention(q, q, q, numbers, 1, 0, null));
  }

  @Test
  void selfAttentionIsAttentionOfEachSequence() {
    Tensor mask = Tensor.of(new boolean[] {true, false, false, true, true, true}, 1, 1, 2, 3);
    List<Sequences> groups =
        List.of(
            new Sequences(2, 1, null),
            new Sequences(1, 3, mask.slice(2, 0, 1)),
            new Sequences(0, 5, null),
            new Sequences(2, 2, mask.slice(3, 0, 2)));
    Heads heads = new Heads(2, 0, List.of());
    Variable packed = normal(4, 9, 3 * 4);
    Tensor output = selfAttention(packed, groups, heads).value();
    Variable query = normal(5, 5, 4);
    List<Sequences> whole =
        groups.stream().map(g -> new Sequences(g.count(), g.length(), null)).toList();
    Tensor lasts = lastAttention(query, slice(packed, 1, 4, 12), whole, heads).value();
    int at = 0;
    int sequence = 0;
    for (Sequences group : groups) {
      for (int i = 0; i < group.count(); i++) {
        Variable rows = slice(packed, 0, at, at + group.length());
        double[] expected = alone(rows, 0, rows, group.mask());
        Tensor own = output.slice(0, at, at + group.length());
        assertArrayEquals(expected, own.toDoubles(), 1e-14);
        double[] last = alone(slice(query, 0, sequence, sequence + 1), 0, rows, null);
        assertArrayEquals(last, lasts.select(0, sequence).toDoubles(), 1e-14);
        at += group.length();
        sequence++;
      }
    }
  }

  /** Attention of two heads of width 2 from one part of {@code queries} to parts 1 and 2. */
  private static double[] alone(Variable queries, int part, Variable rows, Tensor mask) {
    Variable y =
        attention(
            perHead(queries, part),
            perHead(rows, 1),
            perHead(rows, 2),
            mask,
            Math.sqrt(0.5),
            0,
            null);
    return y.value().transpose(1, 2).toDoubles();
  }

  private static Variable perHead(Variable rows, int part) {
    Variable own = slice(rows, 1, 4 * part, 4 * part + 4);
    return Transpose.transpose(Reshape.reshape(own, 1, rows.dim(0), 2, 2), 1, 2);
  }

  @Test
  void selfAttentionNamesWhatDoesNotFit() {
    Heads heads = new Heads(2, 0, List.of());
    List<Sequences> three = List.of(new Sequences(1, 3, null));
    for (Variable packed : new Variable[] {normal(0, 3, 9), normal(0, 4, 12)}) {
      TensorException error =
          assertThrows(TensorException.class, () -> selfAttention(packed, three, heads));
      assertTrue(error.getMessage().startsWith("self-attention: "), error.getMessage());
    }
    Variable keyValue = normal(0, 3, 8);
    for (Variable query : new Variable[] {normal(0, 1, 3), normal(0, 2, 4), normal(0, 4)}) {
      assertThrows(TensorException.class, () -> lastAttention(query, keyValue, three, heads));
    }
  }

  @Test
  void anActivationInTheProductIsTheOneAfterIt() {
    Variable x = normal(0, 2, 3, 4);
    Variable weight = normal(1, 5, 4);
    for (Variable bias : new Variable[] {normal(2, 5), null}) {
      for (UnaryOp op : UnaryOp.values()) {
        Variable expected = Unary.unary(op, linear(x, weight, bias));
        Variable remembered = linear(x, weight, bias, op);
        assertArrayEquals(expected.value().toDoubles(), remembered.value().toDoubles(), 1e-14);
        assertTrue(remembered.requiresGrad());
        try (NoGrad _ = NoGrad.open()) {
          Variable fused = linear(x, weight, bias, op);
          assertArrayEquals(expected.value().toDoubles(), fused.value().toDoubles(), 1e-14);
          assertFalse(fused.requiresGrad());
        }
      }
    }
    GradientCheck.check(
        in -> linear(in.get(0), in.get(1), in.get(2), UnaryOp.GELU),
        x.value(),
        weight.value(),
        normal(2, 5).value());
  }

  @Test
  void crossEntropyIsItsFormulaInEveryReduction() {
    Variable logits = normal(3, 3, 4);
    Tensor targets = Tensor.of(new int[] {2, 0, 3});
    double[] x = logits.value().toDoubles();
    double[] expected = new double[3];
    for (int row = 0; row < 3; row++) {
      double total = 0;
      for (int j = 0; j < 4; j++) {
        total += Math.exp(x[row * 4 + j]);
      }
      expected[row] = Math.log(total) - x[row * 4 + targets.toInts()[row]];
    }
    double sum = Arrays.stream(expected).sum();
    assertArrayEquals(expected, losses(logits, targets, Reduction.NONE), 1e-12);
    assertArrayEquals(new double[] {sum}, losses(logits, targets, Reduction.SUM), 1e-12);
    assertArrayEquals(new double[] {sum / 3}, losses(logits, targets, Reduction.MEAN), 1e-12);
  }

  private static double[] losses(Variable logits, Tensor targets, Reduction reduction) {
    return crossEntropy(logits, targets, reduction).value().toDoubles();
  }

  @Test
  void crossEntropyOfLargeLogitsStaysFinite() {
    Variable logits = Variable.parameter(Tensor.of(new float[] {4000, -4000, 3999}, 1, 3));
    Variable loss = crossEntropy(logits, Tensor.of(new int[] {2}), Reduction.MEAN);
    loss.backward();
    assertEquals(1 + Math.log1p(Math.exp(-1)), loss.value().item(), 1e-3);
    assertTrue(Arrays.stream(logits.grad().toDoubles()).allMatch(Double::isFinite));
  }

  @Test
  void crossEntropyOfACertainClassKeepsItsDigits() {
    Variable logits = Variable.of(Tensor.of(new float[] {20, 12, 10}, 1, 3));
    double exact = Math.log1p(Math.exp(-8) + Math.exp(-10));
    double loss = losses(logits, Tensor.of(new int[] {0}), Reduction.MEAN)[0];
    assertEquals(exact, loss, 1e-3 * exact);
  }

  @Test
  void crossEntropyRefusesAClassThatDoesNotExist() {
    Variable logits = normal(3, 2, 4);
    Tensor targets = Tensor.of(new long[] {1, -100});
    TensorException error =
        assertThrows(TensorException.class, () -> crossEntropy(logits, targets, Reduction.MEAN));
    assertEquals("crossEntropy: index -100 of row 1 is not in [0, 4)", error.getMessage());
    Tensor real = Tensor.of(new double[] {1, 2});
    assertThrows(TensorException.class, () -> crossEntropy(logits, real, Reduction.MEAN));
  }

  @Test
  void infoNceStaysFiniteAtLowTemperature() {
    Variable a = normal(1, 6, 4);
    Variable b = normal(2, 6, 4);
    Variable loss = infoNce(a, b, 0.001);
    loss.backward();
    assertTrue(Double.isFinite(loss.value().item()));
    assertTrue(Arrays.stream(a.grad().toDoubles()).allMatch(Double::isFinite));
  }

  @Test
  void aZeroVectorIsDividedByEpsilon() {
    Variable x = Variable.parameter(Tensor.of(new double[] {0, 0, 3, 4}, 2, 2));
    Variable y = l2Normalize(x, -1, 1e-2);
    y.backward(Tensor.of(new double[] {1, 2, 0, 1}, 2, 2));
    assertArrayEquals(new double[] {0, 0, 0.6, 0.8}, y.value().toDoubles(), 1e-15);
    // The second row: (g - y (y·g)) / 5 with y·g = 0.8.
    double[] expected = {100, 200, -0.096, 0.072};
    assertArrayEquals(expected, x.grad().toDoubles(), 1e-12);
  }

  @Test
  void theFirstOfEqualMaximaReceivesTheGradient() {
    Variable x = Variable.parameter(Tensor.of(new double[] {1, 7, 7, 2}, 1, 4));
    max(x, false, 1).backward();
    assertArrayEquals(new double[] {0, 1, 0, 0}, x.grad().toDoubles());
  }
}
