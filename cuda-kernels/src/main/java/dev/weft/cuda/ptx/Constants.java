package dev.weft.cuda.ptx;

/** Constants as the bits of the type that an instruction takes them for. */
final class Constants {
  private Constants() {}

  static long bits(Operand constant, PtxType type) {
    return switch (constant) {
      case Operand.IntegerConstant(long value) ->
          type.isFloat() && type.bits() == 64 && value == 0 ? 0 : type.extend(value);
      case Operand.FloatConstant(double value, int bits, boolean single) ->
          type.bits() == 64 && !(single && !type.isFloat())
              ? Double.doubleToRawLongBits(value)
              : type.bits() == 16
                  ? Float.floatToFloat16((float) value) & 0xffff
                  : Integer.toUnsignedLong(bits);
      default -> throw new PtxException(constant + " is not a constant");
    };
  }
}
