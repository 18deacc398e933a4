package dev.weft.cuda;

import static dev.weft.cuda.OnMachine.exact;
import static dev.weft.cuda.OnMachine.result;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Counters;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.MixtureInputs;
import dev.weft.tensor.MixtureOps;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the contract's operands, which are not aligned, do not reach: kernels for dense rows by 16
 * bytes, and the plain ones that they replaced.
 */
class RowLadderTest {
  private static final double ROUNDOFF = 0x1p-24;
  private static final int[][] ROWS = {{3, 4}, {5, 64}, {33, 132}, {2, 700}, {2, 2052}};

  private final ReferenceBackend reference = new ReferenceBackend();

  private static void assertClose(Tensor expected, float[] actual, double tolerance, String what) {
    double[] wanted = expected.toDoubles();
    assertEquals(wanted.length, actual.length);
    for (int i = 0; i < wanted.length; i++) {
      if (Double.isNaN(wanted[i]) || Double.isInfinite(wanted[i])) {
        assertEquals((float) wanted[i], actual[i], what + " at " + i);
      } else {
        double bound = tolerance * Math.max(1, Math.abs(wanted[i]));
        assertEquals(wanted[i], actual[i], bound, what + " at " + i);
      }
    }
  }

  /** Rows of which one is masked, one ends so, one has a NaN and one an infinity. */
  private static float[] special(OnMachine machine, int rows, int n) {
    float[] x = machine.normal(rows * n);
    Arrays.fill(x, 0, n, Float.NEGATIVE_INFINITY);
    x[2 * n - 1] = Float.NEGATIVE_INFINITY;
    if (rows > 3) {
      x[2 * n + 1] = Float.NaN;
      x[3 * n + 2] = Float.POSITIVE_INFINITY;
    }
    return x;
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void softmaxBySixteenBytes(int capability) {
    OnMachine machine = new OnMachine(capability);
    CudaRows rows = new CudaRows(machine.gpu, machine.memory);
    for (int[] size : ROWS) {
      float[] values = special(machine, size[0], size[1]);
      float[] gradient = machine.normal(values.length);
      Tensor x = machine.put(values, size);
      Tensor g = machine.put(gradient, size);
      Tensor out = machine.empty(size);
      Tensor expected = result(size);
      rows.softmax(x, out);
      reference.softmax(exact(values, size), expected);
      assertClose(expected, machine.floats(out), 32 * ROUNDOFF, "softmax of " + size[1]);
      rows.logSoftmax(x, out);
      reference.logSoftmax(exact(values, size), expected);
      assertClose(expected, machine.floats(out), 32 * ROUNDOFF, "logSoftmax of " + size[1]);

      values = machine.normal(values.length);
      x = machine.put(values, size);
      double tolerance = (32 + size[1]) * ROUNDOFF;
      rows.softmaxBackward(x, g, out);
      reference.softmaxBackward(exact(values, size), exact(gradient, size), expected);
      assertClose(expected, machine.floats(out), tolerance, "softmaxBackward of " + size[1]);
      rows.logSoftmaxBackward(x, g, out);
      reference.logSoftmaxBackward(exact(values, size), exact(gradient, size), expected);
      assertClose(expected, machine.floats(out), 8 * tolerance, "logSoftmaxBackward");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void eachSoftmaxReadsLess(int capability) {
    int rows = 64;
    int n = 128;
    OnMachine machine = new OnMachine(capability);
    float[] x = special(machine, rows, n);
    Tensor expected = result(rows, n);
    reference.softmax(exact(x, rows, n), expected);
    Counters[] counters = new Counters[3];
    for (int version = 0; version < 3; version++) {
      Card card = Card.of("softmax", capability);
      long from = card.put(x);
      long out = card.empty(rows * n);
      Arguments arguments = new Arguments();
      arguments = version == 1 ? arguments.add(Card.rows(from, rows, n)) : arguments.add(from);
      arguments.add(out).add(rows).add(n);
      String kernel = new String[] {"softmax_plain", "softmax_f32", "softmax_by_16_bytes"}[version];
      Dim3 threads = version == 0 ? Dim3.of(rows) : new Dim3(32, 4, 1);
      card.launch(kernel, Dim3.of(version == 0 ? 1 : rows / 4), threads, arguments);
      assertClose(expected, card.floats(out, rows * n), 32 * ROUNDOFF, kernel);
      counters[version] = card.counters();
    }
    long sectors = 4L * rows * n / 32;
    assertTrue(counters[0].globalSectors() > 16 * sectors, counters[0].toString());
    assertEquals(3 * sectors, counters[1].globalSectors());
    assertEquals(2 * sectors, counters[2].globalSectors(), "read once, written once");
    assertEquals(2L * rows, counters[2].globalRequests(), "a row is one request of a warp");
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void layerNormBySixteenBytes(int capability) {
    for (int[] size : ROWS) {
      checkLayerNorm(new OnMachine(capability), size);
    }
    checkLayerNorm(new OnMachine(capability), 600, 4);
  }

  private void checkLayerNorm(OnMachine machine, int... size) {
    int n = size[1];
    float[][] values = {
      machine.normal(size[0] * n),
      machine.normal(size[0] * n),
      machine.normal(n),
      machine.normal(n),
      machine.normal(size[0] * n)
    };
    Tensor[] exact = new Tensor[5];
    Tensor[] put = new Tensor[5];
    for (int i = 0; i < 5; i++) {
      int[] dims = i == 2 || i == 3 ? new int[] {n} : size;
      exact[i] = exact(values[i], dims);
      put[i] = machine.put(values[i], dims);
    }
    CudaLayerNorm norm = new CudaLayerNorm(machine.gpu, machine.memory);
    LayerNormOps.Result expected = results(result(size), result(size), OnMachine::result);
    reference.layerNorm(inputs(exact, exact[1]), expected);
    Tensor out = machine.empty(size);
    // In place: the sum is not wanted.
    LayerNormOps.Result found = results(out, out, machine::empty);
    norm.layerNorm(inputs(put, put[1]), found);
    double tolerance = (32 + n) * ROUNDOFF;
    assertClose(expected.output(), machine.floats(out), 2 * tolerance, "norm of a sum");
    assertClose(expected.mean(), machine.floats(found.mean()), tolerance, "mean");
    assertClose(expected.rstd(), machine.floats(found.rstd()), tolerance, "rstd");

    expected = results(exact[0], expected.output(), OnMachine::result);
    reference.layerNorm(inputs(exact, null), expected);
    found = results(put[0], out, machine::empty);
    norm.layerNorm(inputs(put, null), found);
    assertClose(expected.output(), machine.floats(out), tolerance, "norm");
    var gradients =
        new LayerNormOps.Gradients(machine.empty(size), machine.empty(n), machine.empty(n));
    var wanted = new LayerNormOps.Gradients(result(size), result(n), result(n));
    reference.layerNormBackward(exact[2], expected, exact[4], wanted);
    norm.layerNormBackward(put[2], found, put[4], gradients);
    double bound = 4 * tolerance * Math.sqrt(size[0]);
    assertClose(wanted.dx(), machine.floats(gradients.dx()), bound, "dx of " + n);
    assertClose(wanted.dgamma(), machine.floats(gradients.dgamma()), bound, "dgamma of " + n);
    assertClose(wanted.dbeta(), machine.floats(gradients.dbeta()), bound, "dbeta of " + n);
  }

  /** Of x, residual, gamma and beta in this order. */
  private static LayerNormInputs inputs(Tensor[] operands, Tensor residual) {
    return new LayerNormInputs(operands[0], residual, operands[2], operands[3], 1e-3);
  }

  private static LayerNormOps.Result results(
      Tensor sum, Tensor output, Function<int[], Tensor> empty) {
    int[] rows = {output.dim(0)};
    return new LayerNormOps.Result(sum, output, empty.apply(rows), empty.apply(rows));
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void thePlainLayerNormAndMixture(int capability) {
    int rows = 7;
    int n = 33;
    OnMachine machine = new OnMachine(capability);
    float[] x = machine.normal(rows * 2 * n);
    float[] gates = machine.normal(rows * 2);
    float[] gamma = machine.normal(2 * n);
    float[] beta = machine.normal(2 * n);
    Tensor mixed = result(rows, n);
    MixtureInputs in =
        new MixtureInputs(
            exact(x, rows, 2, n),
            exact(gates, rows, 2),
            exact(gamma, 2, n),
            exact(beta, 2, n),
            1e-3f);
    reference.mixture(in, new MixtureOps.Result(mixed, result(rows, 2), result(rows, 2)));
    Card card = Card.of("mixture", capability);
    long out = card.empty(rows * n);
    Arguments arguments = new Arguments().add(card.put(x)).add(card.put(gates));
    arguments.add(card.put(gamma)).add(card.put(beta)).add(1e-3f).add(out);
    arguments.add(card.empty(rows * 2)).add(card.empty(rows * 2)).add(rows).add(2).add(n);
    card.launch("mixture_plain", 1, 32, arguments);
    assertClose(mixed, card.floats(out, rows * n), (64 + n) * ROUNDOFF, "mixture_plain");

    Tensor norm = result(2 * rows, n);
    Tensor whole = exact(x, 2 * rows, n);
    Tensor scale = exact(Arrays.copyOf(gamma, n), n);
    Tensor shift = exact(Arrays.copyOf(beta, n), n);
    reference.layerNorm(
        new LayerNormInputs(whole, null, scale, shift, 1e-3f),
        results(whole, norm, OnMachine::result));
    Card plain = Card.of("layer_norm", capability);
    long normed = plain.empty(2 * rows * n);
    Arguments operands = new Arguments().add(plain.put(x)).add(plain.put(gamma));
    operands.add(plain.put(beta)).add(1e-3f).add(normed);
    operands.add(plain.empty(2 * rows)).add(plain.empty(2 * rows)).add(2 * rows).add(n);
    plain.launch("layer_norm_plain", 1, 32, operands);
    assertClose(norm, plain.floats(normed, 2 * rows * n), (32 + n) * ROUNDOFF, "layer_norm_plain");
  }
}
