package dev.weft.autograd.op;

import dev.weft.autograd.GradientCheck;
import dev.weft.tensor.Tensor;
import java.util.List;

/** An op with fixed arguments, and inputs around which it is smooth. */
record OpCase(GradientCheck.Function function, List<Tensor> inputs) {
  static OpCase of(GradientCheck.Function function, Tensor... inputs) {
    return new OpCase(function, List.of(inputs));
  }
}
