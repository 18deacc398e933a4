package dev.weft.tensor.cpu;

import java.util.Arrays;

/** Packing for the F64 tiles, which both twins share: it moves, and computes next to nothing. */
abstract class PackingF64 implements GemmKernel<double[]> {

  @Override
  public final void pack(
      double[] source,
      int at,
      int laneStride,
      int lanes,
      int stepStride,
      int steps,
      double factor,
      double[] out,
      int outAt,
      int width) {
    if (laneStride == 1) {
      packNeighbours(source, at, lanes, stepStride, steps, factor, out, outAt, width);
    } else {
      packStrided(source, at, laneStride, lanes, stepStride, steps, factor, out, outAt, width);
    }
    if (lanes < width) {
      for (int p = 0; p < steps; p++) {
        Arrays.fill(out, outAt + p * width + lanes, outAt + (p + 1) * width, 0);
      }
    }
  }

  private static void packNeighbours(
      double[] source,
      int at,
      int lanes,
      int stepStride,
      int steps,
      double factor,
      double[] out,
      int outAt,
      int width) {
    for (int p = 0; p < steps; p++) {
      int from = at + p * stepStride;
      int to = outAt + p * width;
      if (factor == 1) {
        System.arraycopy(source, from, out, to, lanes);
        continue;
      }
      for (int lane = 0; lane < lanes; lane++) {
        out[to + lane] = factor * source[from + lane];
      }
    }
  }

  private static void packStrided(
      double[] source,
      int at,
      int laneStride,
      int lanes,
      int stepStride,
      int steps,
      double factor,
      double[] out,
      int outAt,
      int width) {
    int lane = 0;
    for (; lane <= lanes - 4; lane += 4) {
      // Four lanes at a time: neighbours are written together.
      int from0 = at + lane * laneStride;
      int from1 = from0 + laneStride;
      int from2 = from1 + laneStride;
      int from3 = from2 + laneStride;
      for (int p = 0; p < steps; p++) {
        int to = outAt + p * width + lane;
        out[to] = factor * source[from0 + p * stepStride];
        out[to + 1] = factor * source[from1 + p * stepStride];
        out[to + 2] = factor * source[from2 + p * stepStride];
        out[to + 3] = factor * source[from3 + p * stepStride];
      }
    }
    for (; lane < lanes; lane++) {
      int from = at + lane * laneStride;
      for (int p = 0; p < steps; p++) {
        out[outAt + p * width + lane] = factor * source[from + p * stepStride];
      }
    }
  }
}
