package dev.weft.nn;

import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/** What a parameter starts as when it is not read from a checkpoint. */
public sealed interface Init {

  /** The same value everywhere. */
  record Constant(double value) implements Init {
    @Override
    public Tensor draw(DType dtype, Shape shape, RandomSource random) {
      return Tensor.full(dtype, shape, Device.CPU, value);
    }
  }

  /** N(0, std²). */
  record Normal(double std) implements Init {
    @Override
    public Tensor draw(DType dtype, Shape shape, RandomSource random) {
      return Ops.multiply(Ops.randomNormal(dtype, shape, random.nextKey()), std);
    }
  }

  /** Uniform on [-bound, bound). */
  record Uniform(double bound) implements Init {
    @Override
    public Tensor draw(DType dtype, Shape shape, RandomSource random) {
      Tensor unit = Ops.randomUniform(dtype, shape, random.nextKey());
      return Ops.add(Ops.multiply(unit, 2 * bound), -bound);
    }
  }

  /** A parameter's first values; one draw from {@code random} at most. */
  Tensor draw(DType dtype, Shape shape, RandomSource random);

  /** Zeros. */
  static Init zeros() {
    return new Constant(0);
  }

  /** Ones. */
  static Init ones() {
    return new Constant(1);
  }

  /** N(0, std²). */
  static Init normal(double std) {
    return new Normal(std);
  }

  /** Uniform on [-bound, bound). */
  static Init uniform(double bound) {
    return new Uniform(bound);
  }
}
