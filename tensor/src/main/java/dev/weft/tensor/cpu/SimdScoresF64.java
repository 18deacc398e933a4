package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF64.LANES;
import static dev.weft.tensor.cpu.SimdMathF64.SPECIES;

import dev.weft.tensor.ReduceOp;
import jdk.incubator.vector.DoubleVector;

/** Rows of F64 scores with the Vector API. */
final class SimdScoresF64 implements ScoreLoops<double[]> {
  private final FoldLoops<double[]> folds = new SimdFoldsF64();

  @Override
  public double greatest(double[] x, int at, int n) {
    return folds.fold(ReduceOp.MAX, x, at, n);
  }

  @Override
  public double powers(double[] x, int at, double shift, int n) {
    DoubleVector sum = DoubleVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      DoubleVector power = SimdMathF64.exp(DoubleVector.fromArray(SPECIES, x, at + i).sub(shift));
      power.intoArray(x, at + i);
      sum = sum.add(power);
    }
    return SimdFoldsF64.total(sum);
  }
}
