package dev.weft.tensor.contract;

import dev.weft.tensor.Tensor;

/** A tensor of some layout, and the numbers it must show in row-major order. */
record View(Tensor tensor, double[] values) {}
