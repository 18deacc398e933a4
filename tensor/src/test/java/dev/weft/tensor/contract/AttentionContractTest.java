package dev.weft.tensor.contract;

import static dev.weft.tensor.contract.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Attention, forward and backward, against its definition. */
@BackendContract
class AttentionContractTest {
  private static final RandomKey KEY = new RandomKey(0x9E37_79B9_7F4A_7C15L, 5);
  private static final double SCALE = 0.4;

  private final Subject subject;
  private final Views views;

  AttentionContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 21);
  }

  /** Extents; whole blocks, parts of blocks and single rows and columns among them. */
  private record Extents(int batch, int heads, int seqQ, int seqK, int width, int valueWidth) {
    Shape q() {
      return Shape.of(batch, heads, seqQ, width);
    }

    Shape k() {
      return Shape.of(batch, heads, seqK, width);
    }

    Shape v() {
      return Shape.of(batch, heads, seqK, valueWidth);
    }

    Shape scores() {
      return Shape.of(batch, heads, seqQ, seqK);
    }

    int rows() {
      return batch * heads * seqQ;
    }
  }

  private static final List<Extents> EXTENTS =
      List.of(
          new Extents(1, 1, 1, 1, 1, 1),
          new Extents(2, 3, 5, 7, 4, 3),
          new Extents(1, 2, 1, 40, 16, 16),
          new Extents(2, 1, 64, 64, 32, 32),
          new Extents(1, 2, 67, 130, 5, 70),
          new Extents(1, 1, 130, 300, 64, 17),
          new Extents(3, 2, 50, 50, 33, 8),
          new Extents(1, 1, 600, 3, 2, 2));

  private static final List<Extents> EMPTY =
      List.of(
          new Extents(0, 2, 3, 4, 5, 6),
          new Extents(2, 0, 3, 4, 5, 6),
          new Extents(2, 1, 0, 4, 5, 6),
          new Extents(2, 1, 3, 0, 5, 6),
          new Extents(2, 1, 3, 4, 0, 6),
          new Extents(2, 1, 3, 4, 5, 0));

  /** One head's inputs and what the definition makes of them. */
  private record Case(AttentionInputs in, double[] g, View q, View k, View v, View mask) {}

  private Case draw(Extents e, View mask, RandomKey key, DoubleSupplier numbers) {
    View q = views.of(e.q(), numbers);
    View k = views.of(e.k(), numbers);
    View v = views.of(e.v(), numbers);
    Tensor tensor = mask == null ? null : mask.tensor();
    double[] g = views.draw(e.rows() * e.valueWidth(), views::normal);
    AttentionInputs in =
        new AttentionInputs(q.tensor(), k.tensor(), v.tensor(), tensor, SCALE, 0.3, key);
    return new Case(in, g, q, k, v, mask);
  }

  // ---- Masks ---------------------------------------------------------------------------------

  private View mask(Shape stored, Shape scores, DoubleSupplier chance) {
    double[] bytes = DoubleStream.generate(chance).limit(stored.numel()).toArray();
    Tensor tensor = subject.tensor(DType.BOOL, bytes, stored);
    double[] shown = new double[scores.numel()];
    for (int i = 0; i < shown.length; i++) {
      int at = 0;
      int rest = i;
      int stride = 1;
      for (int axis = 3; axis >= 0; axis--) {
        int index = rest % scores.dim(axis);
        rest /= scores.dim(axis);
        at += (stored.dim(axis) == 1 ? 0 : index) * stride;
        stride *= stored.dim(axis);
      }
      shown[i] = bytes[at];
    }
    return new View(tensor, shown);
  }

  private View causal(Extents e) {
    double[] bytes = new double[e.seqQ() * e.seqK()];
    Arrays.setAll(bytes, i -> i % e.seqK() <= i / e.seqK() ? 1 : 0);
    int[] next = {0};
    return mask(Shape.of(1, 1, e.seqQ(), e.seqK()), e.scores(), () -> bytes[next[0]++]);
  }

  private double coin() {
    return views.random().nextInt(3) == 0 ? 0 : 1;
  }

  private List<View> masks(Extents e) {
    return List.of(
        mask(e.scores(), e.scores(), this::coin),
        mask(e.scores().with(1, 1).with(2, 1), e.scores(), this::coin),
        mask(e.scores().with(0, 1).with(3, 1), e.scores(), this::coin),
        mask(Shape.of(1, 1, 1, 1), e.scores(), () -> 0),
        causal(e),
        transposed(e));
  }

  /** A mask whose keys are not neighbours. */
  private View transposed(Extents e) {
    Shape stored = e.scores().with(2, e.seqK()).with(3, e.seqQ());
    View whole = mask(stored, stored, this::coin);
    double[] shown = new double[whole.values().length];
    int block = e.seqQ() * e.seqK();
    for (int i = 0; i < shown.length; i++) {
      int query = i % block / e.seqK();
      int key = i % e.seqK();
      shown[i] = whole.values()[i / block * block + key * e.seqQ() + query];
    }
    return new View(whole.tensor().transpose(2, 3), shown);
  }

  // ---- The definition ------------------------------------------------------------------------

  private static double[][] matrix(double[] values, int number, int rows, int columns) {
    int start = number * rows * columns;
    return IntStream.range(0, rows)
        .mapToObj(r -> Arrays.copyOfRange(values, start + r * columns, start + (r + 1) * columns))
        .toArray(double[][]::new);
  }

  private static AttentionFormula formula(Extents e, Case c, int head) {
    boolean[][] attends = new boolean[e.seqQ()][e.seqK()];
    for (int i = 0; i < e.seqQ() * e.seqK(); i++) {
      double bit = c.mask() == null ? 1 : c.mask().values()[head * e.seqQ() * e.seqK() + i];
      attends[i / e.seqK()][i % e.seqK()] = bit != 0;
    }
    return new AttentionFormula(
        matrix(c.q().values(), head, e.seqQ(), e.width()),
        matrix(c.k().values(), head, e.seqK(), e.width()),
        matrix(c.v().values(), head, e.seqK(), e.valueWidth()),
        attends,
        SCALE,
        AttentionFormula.kept(
            c.in().key(), 0.3, (long) head * e.seqQ() * e.seqK(), e.seqQ(), e.seqK()));
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  private void check(Extents e, Case c) {
    Result out = Result.of(subject, Shape.of(e.batch(), e.seqQ(), e.heads(), e.valueWidth()));
    Result logs = Result.of(subject, Shape.of(e.batch(), e.heads(), e.seqQ()));
    Tensor output = out.tensor().transpose(1, 2);
    subject.backend().attention(c.in(), output, logs.tensor());
    out.values();
    double[] outputs = subject.read(output);
    double[] logSumExps = logs.values();
    Result dq = Result.of(subject, e.q());
    Result dk = Result.of(subject, e.k());
    Result dv = Result.of(subject, e.v());
    Tensor g = subject.tensor(c.g(), e.q().with(3, e.valueWidth()));
    AttentionOps.Result result = new AttentionOps.Result(output, logs.tensor());
    subject.backend().attentionBackward(c.in(), result, g, dq.tensor(), dk.tensor(), dv.tensor());
    double roundoffs = 32 + (e.seqK() + e.seqQ() + e.width() + e.valueWidth()) / 4.0;
    for (int head = 0; head < e.batch() * e.heads(); head++) {
      AttentionFormula formula = formula(e, c, head);
      String context = e + ", mask " + c.in().mask() + ", head " + head;
      AttentionFormula.Numbers y = formula.output(e.valueWidth());
      same(roundoffs, y, part(outputs, head, y), "output, " + context);
      double[] expected = formula.logSumExps();
      double[] magnitudes = Close.repeated(formula.size(), expected.length);
      double[] actual = Arrays.copyOfRange(logSumExps, head * e.seqQ(), (head + 1) * e.seqQ());
      assertClose(subject, roundoffs, expected, magnitudes, actual, "logSumExp, " + context);
      AttentionFormula.Numbers[] gradients =
          formula.gradients(
              matrix(c.g(), head, e.seqQ(), e.valueWidth()), e.width(), e.valueWidth());
      same(roundoffs, gradients[0], part(dq.values(), head, gradients[0]), "dq, " + context);
      same(roundoffs, gradients[1], part(dk.values(), head, gradients[1]), "dk, " + context);
      same(roundoffs, gradients[2], part(dv.values(), head, gradients[2]), "dv, " + context);
    }
  }

  private static double[] part(double[] values, int head, AttentionFormula.Numbers like) {
    int size = flat(like.values()).length;
    return Arrays.copyOfRange(values, head * size, (head + 1) * size);
  }

  private void same(
      double roundoffs, AttentionFormula.Numbers expected, double[] actual, String context) {
    assertClose(
        subject, roundoffs, flat(expected.values()), flat(expected.magnitudes()), actual, context);
  }

  // ---- Tests ---------------------------------------------------------------------------------

  @Test
  void ofAnyLayout() {
    for (Extents e : EXTENTS) {
      check(e, draw(e, null, null, views::normal));
    }
  }

  @Test
  void underAnyMask() {
    for (Extents e : EXTENTS) {
      for (View mask : masks(e)) {
        check(e, draw(e, mask, null, views::normal));
      }
    }
  }

  @Test
  void withDropout() {
    for (Extents e : EXTENTS) {
      check(e, draw(e, null, KEY, views::normal));
      check(e, draw(e, causal(e), KEY, views::normal));
    }
  }

  @Test
  void ofNothing() {
    for (Extents e : EMPTY) {
      check(e, draw(e, null, KEY, views::normal));
      check(e, draw(e, mask(e.scores(), e.scores(), this::coin), null, views::normal));
    }
  }

  @Test
  void ofLargeScores() {
    Extents e = new Extents(1, 2, 70, 200, 8, 8);
    check(e, draw(e, causal(e), null, () -> 6 * views.normal()));
  }

  @Test
  void aGreaterScoreInALaterBlockTakesOver() {
    Extents e = new Extents(1, 1, 2, 400, 1, 1);
    double[] rising = new double[400];
    Arrays.setAll(rising, i -> i / 2.0);
    View k = new View(subject.tensor(rising, e.k()), rising);
    double[] one = {1, 1};
    View q = new View(subject.tensor(one, e.q()), one);
    View v = views.of(e.v(), views::normal);
    AttentionInputs in =
        new AttentionInputs(q.tensor(), k.tensor(), v.tensor(), null, SCALE, 0, null);
    check(e, new Case(in, views.draw(2, views::normal), q, k, v, null));
  }

  @Test
  void whatIsMaskedHasNoSay() {
    Extents e = new Extents(1, 1, 3, 2, 2, 2);
    Tensor q = subject.tensor(new double[] {1, 2, 3, 4, 5, 6}, e.q());
    Tensor k = subject.tensor(new double[] {1, 1, Double.NaN, Double.POSITIVE_INFINITY}, e.k());
    Tensor v = subject.tensor(new double[] {7, 8, 1e30, -1e30}, e.v());
    Tensor mask = subject.tensor(DType.BOOL, new double[] {1, 0, 1, 0, 0, 0}, e.scores());
    double[] y = output(e, new AttentionInputs(q, k, v, mask, 1, 0, null));
    assertClose(subject, 4, new double[] {7, 8, 7, 8, 0, 0}, y, "masked");
  }

  @Test
  void aNanReachesItsOwnRowOrEveryRow() {
    Extents e = new Extents(1, 1, 70, 150, 3, 3);
    double[] queries = views.draw(e.q().numel(), views::normal);
    queries[3 * 66 + 1] = Double.NaN;
    Tensor k = views.of(e.k(), views::normal).tensor();
    Tensor v = views.of(e.v(), views::normal).tensor();
    double[] y =
        output(e, new AttentionInputs(subject.tensor(queries, e.q()), k, v, null, 1, 0, null));
    for (int i = 0; i < y.length; i++) {
      assertEquals(i / 3 == 66, Double.isNaN(y[i]), "element " + i);
    }
    double[] keys = views.draw(e.k().numel(), views::normal);
    keys[3 * 149] = Double.NaN;
    Tensor q = views.of(e.q(), views::normal).tensor();
    double[] all =
        output(e, new AttentionInputs(q, subject.tensor(keys, e.k()), v, null, 1, 0, null));
    assertTrue(Arrays.stream(all).allMatch(Double::isNaN));
  }

  @Test
  void aNanIsGoneInTheNextCall() {
    Extents e = new Extents(1, 1, 70, 150, 3, 3);
    Tensor nan = subject.tensor(Close.repeated(Double.NaN, e.k().numel()), e.k());
    Tensor q = views.of(e.q(), views::normal).tensor();
    output(e, new AttentionInputs(q, nan, nan, null, 1, 0, null));
    Case hidden = draw(e, mask(Shape.of(1, 1, 1, 1), e.scores(), () -> 0), KEY, views::normal);
    check(e, hidden);
    check(e, draw(e, causal(e), KEY, views::normal));
  }

  private double[] output(Extents e, AttentionInputs in) {
    Result out = Result.of(subject, e.q().with(3, e.valueWidth()));
    Result logs = Result.of(subject, Shape.of(e.batch(), e.heads(), e.seqQ()));
    subject.backend().attention(in, out.tensor(), logs.tensor());
    return out.values();
  }
}
