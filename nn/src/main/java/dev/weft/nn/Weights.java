package dev.weft.nn;

import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.RowSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;

/**
 * Where a module's parameters come from when it is created: drawn at random, or read from a
 * checkpoint. The same {@code create} of a layer serves both.
 */
public interface Weights {

  /**
   * A parameter, where {@link Placement} says. It outlives every {@link Scope}.
   *
   * @param name relative to where these weights are {@linkplain #at at}
   * @param init its first values where none are stored
   * @param dims its extents
   */
  Variable parameter(String name, Init init, int... dims);

  /** The element type of the parameters: F32 or F64. */
  DType dtype();

  /**
   * Whether nobody will train them. Then parameters are constants, and a layer may take over the
   * memory of one and lay it out for its own use.
   */
  default boolean areConstant() {
    return false;
  }

  /**
   * Where a matrix lies that nobody will train and that is better read when it is wanted; null if
   * it is to be asked for as a {@link #parameter}.
   */
  default RowSource stored(String name) {
    return null;
  }

  /** The same weights for inference only. */
  default Weights constant() {
    return new ConstantWeights(this);
  }

  /** The weights of a part: its names are put behind {@code prefix} and a dot. */
  default Weights at(String prefix) {
    return new PrefixedWeights(this, prefix + ".");
  }

  /** Draws every parameter by its {@link Init}; the same source gives the same module. */
  static Weights random(DType dtype, RandomSource random) {
    return new RandomWeights(dtype, random);
  }

  /** Draws parameters. */
  record RandomWeights(DType dtype, RandomSource random) implements Weights {
    @Override
    public Variable parameter(String name, Init init, int... dims) {
      return Variable.parameter(Placement.put(init.draw(dtype, Shape.of(dims), random)));
    }
  }

  /** Other weights that nobody will train. */
  record ConstantWeights(Weights whole) implements Weights {
    @Override
    public Variable parameter(String name, Init init, int... dims) {
      return whole.parameter(name, init, dims).detach();
    }

    @Override
    public DType dtype() {
      return whole.dtype();
    }

    @Override
    public boolean areConstant() {
      return true;
    }
  }

  /** A part of other weights. */
  record PrefixedWeights(Weights whole, String prefix) implements Weights {
    @Override
    public Variable parameter(String name, Init init, int... dims) {
      return whole.parameter(prefix + name, init, dims);
    }

    @Override
    public RowSource stored(String name) {
      return whole.stored(prefix + name);
    }

    @Override
    public boolean areConstant() {
      return whole.areConstant();
    }

    @Override
    public DType dtype() {
      return whole.dtype();
    }
  }
}
