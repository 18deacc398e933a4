package dev.weft.cuda;

import static dev.weft.cuda.Ladder.ROUNDOFF;
import static dev.weft.cuda.Ladder.assertClose;
import static dev.weft.cuda.Ladder.exact;
import static dev.weft.cuda.Ladder.result;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Counters;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.cuda.ptx.PtxException;
import dev.weft.tensor.Contrast;
import dev.weft.tensor.Contrast.Duplicates;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contrast's three versions beside double precision, and what each asks of memory. */
class ContrastLadderTest {
  private static final String[] VERSIONS = {"_plain", "_f32", "_by_16_bytes"};

  private final ReferenceBackend reference = new ReferenceBackend();

  /** Logits of n things, seen in two ways in rows and in columns, and what is wanted of them. */
  private record Case(int n, float[] logits, int[] keys, float[] gradient) {
    static Case of(int n) {
      Ladder ladder = new Ladder(n);
      return new Case(n, ladder.normal(4 * n * n), ladder.below(n / 2, n), ladder.normal(4 * n));
    }

    int lines() {
      return 4 * n;
    }
  }

  private static Dim3 grid(int version, int lines) {
    return Dim3.of((lines + (version == 0 ? 31 : 3)) / (version == 0 ? 32 : 4));
  }

  private static Dim3 threads(int version) {
    return version == 0 ? Dim3.of(32) : new Dim3(32, 4, 1);
  }

  private static Arguments arguments(long logits, Case in, Card card, Duplicates duplicates) {
    byte[] rule = CudaContrast.rule(card.put(in.keys), in.n, 2, duplicates, true);
    return new Arguments().add(logits).add(rule);
  }

  private static Counters forward(
      Card card, int version, Case in, Duplicates duplicates, float[] to) {
    long out = card.empty(in.lines());
    Arguments arguments = arguments(card.put(in.logits), in, card, duplicates);
    arguments.add(out).add(in.lines());
    card.launch(
        "contrast" + VERSIONS[version], grid(version, in.lines()), threads(version), arguments);
    System.arraycopy(card.floats(out, to.length), 0, to, 0, to.length);
    return card.counters();
  }

  private static float[] backward(
      Card card, int version, Case in, Duplicates duplicates, float[] sums) {
    long logits = card.put(in.logits);
    Arguments arguments = arguments(logits, in, card, duplicates);
    arguments.add(card.put(sums)).add(card.put(in.gradient)).add(in.lines());
    String kernel = "contrast_backward" + VERSIONS[version];
    card.launch(kernel, grid(version, in.lines()), threads(version), arguments);
    return card.floats(logits, in.logits.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void eachVersion(int capability) {
    for (Duplicates duplicates : Duplicates.values()) {
      Case in = Case.of(capability == 80 ? 36 : 12);
      int n = in.n;
      Contrast rule = new Contrast(Tensor.of(in.keys), duplicates, true);
      Tensor sums = result(2 * n, 2);
      reference.contrast(exact(in.logits, 2 * n, 2 * n), rule, sums);
      Tensor slopes = exact(in.logits, 2 * n, 2 * n);
      reference.contrastBackward(slopes, rule, sums, exact(in.gradient, 2 * n, 2));
      for (int version = 0; version < 3; version++) {
        float[] found = new float[in.lines()];
        forward(Card.of("contrast", capability), version, in, duplicates, found);
        assertClose(sums, found, 32 * ROUNDOFF, "contrast" + VERSIONS[version]);
        Card card = Card.of("contrast", capability);
        float[] gradient = backward(card, version, in, duplicates, found);
        assertClose(slopes, gradient, 64 * ROUNDOFF, "contrast_backward" + VERSIONS[version]);
      }
    }
  }

  /** What docs/gpu.md says of them. */
  @Test
  void eachReadsLess() {
    Case in = Case.of(64);
    Counters[] counters = new Counters[3];
    for (int version = 0; version < 3; version++) {
      float[] found = new float[in.lines()];
      counters[version] = forward(Card.of("contrast", 80), version, in, Duplicates.LEFT_OUT, found);
    }
    // Requests to global memory and the sectors they touched; the logits alone are 2,048.
    String[] expected = new String[3];
    Arrays.setAll(expected, v -> counters[v].globalRequests() + " " + counters[v].globalSectors());
    assertArrayEquals(new String[] {"1040 16816", "1536 4608", "1024 4608"}, expected);
  }

  @Test
  void anOffByOneInTheLines() {
    Case in = Case.of(13);
    Card off = Card.changed("contrast", "contrast_plain", "setp.ge.s32", "setp.gt.s32");
    float[] sums = new float[in.lines()];
    assertThrows(PtxException.class, () -> forward(off, 0, in, Duplicates.LEFT_OUT, sums));
  }

  /** A thing that is its own duplicate has no pair with itself: the comparison finds it. */
  @Test
  void aMaskThatTakesOutTheThingItself() {
    Case in = Case.of(12);
    float[] right = new float[in.lines()];
    forward(Card.of("contrast", 80), 1, in, Duplicates.LEFT_OUT, right);
    Card off = Card.changed("contrast", "contrast_f32", "setp.ne.s32", "setp.eq.s32");
    float[] wrong = new float[in.lines()];
    forward(off, 1, in, Duplicates.LEFT_OUT, wrong);
    assertFalse(Arrays.equals(right, wrong));
  }
}
