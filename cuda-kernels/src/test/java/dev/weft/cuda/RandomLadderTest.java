package dev.weft.cuda;

import static dev.weft.cuda.Ladder.ROUNDOFF;
import static dev.weft.cuda.Ladder.assertClose;
import static dev.weft.cuda.Ladder.blocks;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random numbers and dropout: every version has the bits of the processor. */
class RandomLadderTest {
  private static final RandomKey KEY = new RandomKey(0x9E37_79B9_7F4A_7C15L, 11);

  private final ReferenceBackend reference = new ReferenceBackend();
  private final Ladder ladder = new Ladder(10);

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void numbers(int capability) {
    for (int n : new int[] {1, 3, 602}) {
      Tensor uniform = Tensor.zeros(DType.F32, n);
      Tensor normal = Tensor.zeros(DType.F32, n);
      reference.randomUniform(KEY, uniform);
      reference.randomNormal(KEY, normal);
      for (String version : new String[] {"", "_plain"}) {
        Card card = Card.of("random", capability);
        long[] at = {card.empty(n), card.empty(n)};
        byte[] key = CudaRandom.structure(KEY);
        Arguments arguments = new Arguments().add(at[0]).add(key).add(n);
        card.launch("uniform_f32" + version, blocks(n), Card.BLOCK, arguments);
        arguments = new Arguments().add(at[1]).add(key).add(n);
        card.launch("normal_f32" + version, blocks(n), Card.BLOCK, arguments);
        assertArrayEquals(uniform.toFloats(), card.floats(at[0], n));
        assertArrayEquals(normal.toFloats(), card.floats(at[1], n));
      }
    }
  }

  /** Logarithm, sine and cosine of a hundred thousand arguments each, bit for bit. */
  @Test
  void normalNumbersInDoublePrecisionHaveTheBitsOfStrictMath() {
    int n = 1 << 18;
    Tensor expected = Tensor.zeros(DType.F64, n);
    reference.randomNormal(KEY, expected);
    OnMachine machine = new OnMachine(80);
    Shape shape = Shape.of(n);
    Tensor out = Tensor.over(machine.memory.take(DType.F64, n), shape, 0);
    new CudaRandom(machine.gpu, machine.memory).randomNormal(KEY, out);
    double[] numbers = new double[n];
    machine.gpu.download(CudaStorage.address(out), MemorySegment.ofArray(numbers));
    assertArrayEquals(expected.toDoubles(), numbers);
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void dropout(int capability) {
    for (int n : new int[] {1, 2, 3, 4, 601}) {
      float[] x = ladder.normal(n);
      Tensor expected = Tensor.zeros(DType.F32, n);
      reference.dropout(Tensor.of(x, n), 0.3, KEY, expected);
      byte[] layout = Layout.of(new int[] {n}, new int[][] {{1}}).bytes();
      for (String kernel : new String[] {"dropout_f32", "dropout_dense"}) {
        Card card = Card.of("dropout", capability);
        long out = card.empty(n);
        Arguments arguments = new Arguments().add(card.put(x)).add(out).add(0.3).add(1 / (1 - 0.3));
        arguments.add(CudaRandom.structure(KEY));
        arguments = kernel.equals("dropout_f32") ? arguments.add(layout) : arguments;
        card.launch(kernel, blocks(n), Card.BLOCK, arguments.add(n));
        float[] dropped = card.floats(out, n);
        assertClose(expected, dropped, 2 * ROUNDOFF, kernel);
        for (int i = 0; i < n; i++) {
          assertEquals(expected.toFloats()[i] == 0, dropped[i] == 0, "the same mask");
        }
      }
    }
  }
}
