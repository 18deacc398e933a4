package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Panels in aligned memory hold what panels in arrays do, and their tile computes the same bits.
 */
class AlignedPanelsTest {
  private final SplittableRandom random = new SplittableRandom(5);

  @BeforeEach
  void needsVectors() {
    assumeTrue(CpuBackends.hasVectorModule(), "needs the Vector API");
  }

  private float[] numbers(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-2, 2);
    }
    return x;
  }

  private static MemorySegment memory(Arena arena, int length) {
    return arena.allocate(4L * length, 64);
  }

  private static float[] read(MemorySegment memory) {
    return memory.toArray(ValueLayout.JAVA_FLOAT);
  }

  @Test
  void rowsAreCopiedAsTheyArePacked() {
    SimdGemmF32 kernel = new SimdGemmF32();
    int width = kernel.columns();
    try (Arena arena = Arena.ofConfined()) {
      for (int steps : new int[] {1, 7, 8, 9, 33}) {
        for (int panels : new int[] {1, 3}) {
          int stride = panels * width + 5;
          float[] source = numbers(2 + steps * stride);
          float[] packed = new float[panels * width * steps];
          int lanes = panels * width;
          int apart = width * steps;
          kernel.pack(source, 2, 1, lanes, stride, steps, packed, 0, width, apart);
          MemorySegment out = memory(arena, packed.length);
          kernel.aligned().copyRows(source, 2, stride, steps, panels, out);
          assertArrayEquals(packed, read(out), steps + " steps, " + panels + " panels");
          MemorySegment put = memory(arena, packed.length);
          for (int panel = 0; panel < panels; panel++) {
            float[] one = Arrays.copyOfRange(packed, panel * apart, (panel + 1) * apart);
            kernel.aligned().put(one, steps, put, panel * apart);
          }
          assertArrayEquals(packed, read(put));
        }
      }
    }
  }

  @Test
  void tilesOfAllHeightsComputeTheSameBits() {
    SimdGemmF32 kernel = new SimdGemmF32();
    int width = kernel.columns();
    try (Arena arena = Arena.ofConfined()) {
      for (int steps : new int[] {1, 4, 130}) {
        float[] a = numbers(3 * kernel.apart());
        float[] b = numbers(2 * width * steps);
        float[] bias = numbers(width);
        MemorySegment panels = memory(arena, b.length);
        MemorySegment.copy(b, 0, panels, ValueLayout.JAVA_FLOAT, 0, b.length);
        int at = width * steps; // the second panel
        for (int rows = kernel.strip(); rows <= kernel.rows(); rows += kernel.strip()) {
          float[] expected = new float[12 * width];
          float[] actual = new float[12 * width];
          kernel.tile(rows, steps, a, 0, b, at, width, bias, 0, 0, expected, 0, width);
          kernel.aligned().tile(rows, steps, a, 0, panels, at, bias, 0, 0, actual, 0, width);
          assertArrayEquals(expected, actual, rows + " rows, " + steps + " steps");
        }
      }
    }
    assertEquals(0, kernel.rows() % kernel.strip());
  }
}
