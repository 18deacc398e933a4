package dev.weft.cuda.ptx;

/** Constants as PTX writes them. */
final class Literals {
  private Literals() {}

  /** Decimal, {@code 0x}, {@code 0b} or octal; a {@code U} at the end is allowed. */
  static long integer(Lexer.Token token) {
    String text = token.text();
    if (text.endsWith("U")) {
      text = text.substring(0, text.length() - 1);
    }
    try {
      if (text.startsWith("0x") || text.startsWith("0X")) {
        return Long.parseUnsignedLong(text.substring(2), 16);
      }
      if (text.startsWith("0b") || text.startsWith("0B")) {
        return Long.parseUnsignedLong(text.substring(2), 2);
      }
      boolean octal = text.length() > 1 && text.charAt(0) == '0';
      return Long.parseUnsignedLong(text, octal ? 8 : 10);
    } catch (NumberFormatException e) {
      throw new PtxException(token.line(), "'" + token.text() + "' is not a number");
    }
  }

  /** Any constant: {@code 0f} and {@code 0d} give a float's bits in hexadecimal. */
  static Operand of(Lexer.Token token, boolean negative) {
    String text = token.text();
    if (text.startsWith("0f") || text.startsWith("0F")) {
      int bits = Integer.parseUnsignedInt(text.substring(2), 16) ^ (negative ? 1 << 31 : 0);
      return new Operand.FloatConstant(Float.intBitsToFloat(bits), bits, true);
    }
    if (text.startsWith("0d") || text.startsWith("0D")) {
      return real(Double.longBitsToDouble(Long.parseUnsignedLong(text.substring(2), 16)), negative);
    }
    boolean hexadecimal = text.startsWith("0x") || text.startsWith("0X");
    if (text.indexOf('.') >= 0 || (!hexadecimal && text.indexOf('e') > 0)) {
      return real(Double.parseDouble(text), negative);
    }
    long value = integer(token);
    return new Operand.IntegerConstant(negative ? -value : value);
  }

  private static Operand real(double magnitude, boolean negative) {
    double value = negative ? -magnitude : magnitude;
    return new Operand.FloatConstant(value, Float.floatToRawIntBits((float) value), false);
  }
}
