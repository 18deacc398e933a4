package dev.weft.autograd.op;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/** Ways in which the same numbers may lie in memory. */
enum Layout {
  ROW_MAJOR {
    @Override
    Tensor store(Tensor x) {
      return x;
    }

    @Override
    Variable view(Variable stored) {
      return stored;
    }

    @Override
    Variable outputView(Variable output) {
      return output;
    }
  },

  /** The axes lie in reverse order. */
  REVERSED {
    @Override
    Tensor store(Tensor x) {
      return Ops.contiguous(x.permute(reversed(x.rank())));
    }

    @Override
    Variable view(Variable stored) {
      return Permute.permute(stored, reversed(stored.shape().rank()));
    }
  },

  /** A part of a larger tensor, with gaps along the last axis, if there is one. */
  SLICED {
    @Override
    Tensor store(Tensor x) {
      return x.rank() == 0 ? x : Ops.copy(wide(x));
    }

    @Override
    Variable view(Variable stored) {
      if (stored.shape().rank() == 0) {
        return stored;
      }
      return Slice.slice(stored, -1, 1, stored.dim(-1) - 1);
    }

    @Override
    Variable outputView(Variable output) {
      // The gradient of a sum is stretched: its stride is 0.
      return output.shape().rank() == 0 ? output : Sum.sum(output, false, 0);
    }

    private static Tensor wide(Tensor x) {
      // The margins are near no other number: nothing may be read from them.
      Tensor margin = Tensor.full(x.dtype(), x.shape().with(-1, 1), x.device(), 3.5);
      return Ops.concat(List.of(margin, x, margin), -1);
    }
  };

  /** What to keep in memory, row-major, so that {@link #view} gives {@code x} in this layout. */
  abstract Tensor store(Tensor x);

  /** The numbers in this layout. */
  abstract Variable view(Variable stored);

  /** An output of which the gradient that comes back is not row-major. */
  Variable outputView(Variable output) {
    return Permute.permute(output, reversed(output.shape().rank()));
  }

  private static int[] reversed(int rank) {
    return IntStream.range(0, rank).map(axis -> rank - 1 - axis).toArray();
  }
}
