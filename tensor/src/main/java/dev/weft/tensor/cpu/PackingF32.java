package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import java.util.Arrays;

/** Packing for the F32 tiles: it moves, and computes nothing. */
abstract class PackingF32 implements GemmKernel<float[]> {

  @Override
  public final void pack(
      float[] source,
      int at,
      int laneStride,
      int lanes,
      int stepStride,
      int steps,
      float[] out,
      int outAt,
      int width,
      int apart) {
    int lane =
        laneStride == 1
            ? copyPanels(source, at, lanes, stepStride, steps, out, outAt, width, apart)
            : 0;
    for (; lane < lanes; lane += width) {
      int from = at + lane * laneStride;
      int to = outAt + lane / width * apart;
      int here = Math.min(width, lanes - lane);
      if (laneStride == 1) {
        copyPanel(source, from, here, stepStride, steps, out, to, width);
      } else {
        packPanel(source, from, laneStride, here, stepStride, steps, out, to, width);
      }
    }
    int last = lanes % width;
    for (int p = 0; last > 0 && p < steps; p++) {
      int row = outAt + lanes / width * apart + p * width;
      Arrays.fill(out, row + last, row + width, 0);
    }
  }

  /**
   * Packs whole panels of lanes that lie side by side, several at a time.
   *
   * @return how many lanes it has packed, a multiple of {@code width}: none here
   */
  int copyPanels(
      float[] source,
      int at,
      int lanes,
      int stepStride,
      int steps,
      float[] out,
      int outAt,
      int width,
      int apart) {
    return 0;
  }

  /** One panel of lanes that lie side by side. */
  void copyPanel(
      float[] source,
      int at,
      int lanes,
      int stepStride,
      int steps,
      float[] out,
      int outAt,
      int width) {
    for (int p = 0; p < steps; p++) {
      System.arraycopy(source, at + p * stepStride, out, outAt + p * width, lanes);
    }
  }

  /** One panel, four lanes at a time: neighbours are written together. */
  private void packPanel(
      float[] source,
      int at,
      int laneStride,
      int lanes,
      int stepStride,
      int steps,
      float[] out,
      int outAt,
      int width) {
    int lane =
        stepStride == 1 ? transpose(source, at, laneStride, lanes, steps, out, outAt, width) : 0;
    for (; lane <= lanes - 4; lane += 4) {
      int from0 = at + lane * laneStride;
      int from1 = from0 + laneStride;
      int from2 = from1 + laneStride;
      int from3 = from2 + laneStride;
      for (int p = 0; p < steps; p++) {
        int to = outAt + p * width + lane;
        out[to] = source[from0 + p * stepStride];
        out[to + 1] = source[from1 + p * stepStride];
        out[to + 2] = source[from2 + p * stepStride];
        out[to + 3] = source[from3 + p * stepStride];
      }
    }
    for (; lane < lanes; lane++) {
      int from = at + lane * laneStride;
      for (int p = 0; p < steps; p++) {
        out[outAt + p * width + lane] = source[from + p * stepStride];
      }
    }
  }

  /**
   * Packs lanes whose steps are neighbours, by whatever is faster than one element at a time.
   *
   * @return how many of the lanes it has packed: none here
   */
  int transpose(
      float[] source,
      int at,
      int laneStride,
      int lanes,
      int steps,
      float[] out,
      int outAt,
      int width) {
    return 0;
  }

  @Override
  public final void widen(
      DType dtype, short[] source, int at, int stride, int length, float[] out, int outAt) {
    if (stride == 1) {
      int done = dtype == DType.BF16 ? widenBrain(source, at, length, out, outAt) : 0;
      widenNeighbours(dtype, source, at + done, length - done, out, outAt + done);
      return;
    }
    if (dtype == DType.F16) {
      for (int i = 0; i < length; i++) {
        out[outAt + i] = Float.float16ToFloat(source[at + i * stride]);
      }
    } else {
      for (int i = 0; i < length; i++) {
        out[outAt + i] = BFloat16.toFloat(source[at + i * stride]);
      }
    }
  }

  /** A loop of its own, which the compiler vectorises as it does none with a stride. */
  private static void widenNeighbours(
      DType dtype, short[] source, int at, int length, float[] out, int outAt) {
    if (dtype == DType.F16) {
      for (int i = 0; i < length; i++) {
        out[outAt + i] = Float.float16ToFloat(source[at + i]);
      }
    } else {
      for (int i = 0; i < length; i++) {
        out[outAt + i] = BFloat16.toFloat(source[at + i]);
      }
    }
  }

  /**
   * Converts neighbours of BF16 by whatever is faster than one element at a time.
   *
   * @return how many it has converted: none here
   */
  int widenBrain(short[] source, int at, int length, float[] out, int outAt) {
    return 0;
  }
}
