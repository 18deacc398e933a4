package dev.weft.cuda;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.Contrast;
import dev.weft.tensor.DType;
import dev.weft.tensor.UnaryOp;

/** The numbers by which kernels know types and operators: the enumerations of the sources. */
final class Codes {
  private Codes() {}

  /** {@code Type} in {@code values.cuh}. */
  static int of(DType dtype) {
    return switch (dtype) {
      case F64 -> 0;
      case F32 -> 1;
      case F16 -> 2;
      case BF16 -> 3;
      case I64 -> 4;
      case I32 -> 5;
      case U8 -> 6;
      case BOOL -> 7;
    };
  }

  /** {@code Duplicates} in {@code contrast.cu}. */
  static int of(Contrast.Duplicates duplicates) {
    return switch (duplicates) {
      case KEPT -> 0;
      case LEFT_OUT -> 1;
      case ZEROED -> 2;
    };
  }

  /** {@code UnaryOp} in {@code functions.cuh}. */
  static int of(UnaryOp op) {
    return switch (op) {
      case NEGATE -> 0;
      case ABS -> 1;
      case SQUARE -> 2;
      case SQRT -> 3;
      case RECIPROCAL -> 4;
      case EXP -> 5;
      case LOG -> 6;
      case TANH -> 7;
      case SIGMOID -> 8;
      case ERF -> 9;
      case RELU -> 10;
      case GELU -> 11;
      case GELU_TANH -> 12;
      case QUICK_GELU -> 13;
    };
  }

  /** {@code BinaryOp} in {@code binary.cu}. */
  static int of(BinaryOp op) {
    return switch (op) {
      case ADD -> 0;
      case SUBTRACT -> 1;
      case MULTIPLY -> 2;
      case DIVIDE -> 3;
      case MAXIMUM -> 4;
      case MINIMUM -> 5;
      case POWER -> 6;
    };
  }

  /** {@code CompareOp} in {@code compare.cu}. */
  static int of(CompareOp op) {
    return switch (op) {
      case EQUAL -> 0;
      case NOT_EQUAL -> 1;
      case LESS -> 2;
      case LESS_OR_EQUAL -> 3;
      case GREATER -> 4;
      case GREATER_OR_EQUAL -> 5;
    };
  }
}
