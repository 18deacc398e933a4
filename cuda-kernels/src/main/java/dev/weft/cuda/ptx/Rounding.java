package dev.weft.cuda.ptx;

import java.math.BigDecimal;

/** Rounding as the modifiers rn, rz, rm and rp say; PTX ISA, chapter 9.4. */
enum Rounding {
  NEAREST,
  ZERO,
  DOWN,
  UP;

  /** The mode that an instruction names; to nearest where it names none. */
  static Rounding of(Instruction i) {
    for (String modifier : i.modifiers()) {
      switch (modifier) {
        case "rz", "rzi" -> {
          return ZERO;
        }
        case "rm", "rmi" -> {
          return DOWN;
        }
        case "rp", "rpi" -> {
          return UP;
        }
        default -> {}
      }
    }
    return NEAREST;
  }

  /** {@code s + rest} as a float, where the rest is what rounding took from the exact value. */
  float toFloat(double s, double rest) {
    if (this == NEAREST || Double.isNaN(s) || Double.isInfinite(s)) {
      return (float) s;
    }
    float f = (float) s;
    int side = Double.compare(f, s);
    if (side == 0 || f == s) {
      side = -(int) Math.signum(rest);
    }
    // side > 0: f lies above the exact value.
    boolean down = this == DOWN || (this == ZERO && (s > 0 || (s == 0 && rest > 0)));
    if (side > 0 && down) {
      return Math.nextDown(f);
    }
    return side < 0 && !down ? Math.nextUp(f) : f;
  }

  /** The exact value as a double; an exact zero has the sign of the plain result. */
  double toDouble(BigDecimal exact, double plain) {
    double d = exact.doubleValue();
    if (exact.signum() == 0 || this == NEAREST) {
      return exact.signum() == 0 ? plain : d;
    }
    if (Double.isInfinite(d)) {
      boolean inwards = this == ZERO || (this == DOWN) == (d > 0);
      return inwards ? Math.copySign(Double.MAX_VALUE, d) : d;
    }
    int side = new BigDecimal(d).compareTo(exact);
    boolean down = this == DOWN || (this == ZERO && exact.signum() > 0);
    if (side > 0 && down) {
      return Math.nextDown(d);
    }
    return side < 0 && !down ? Math.nextUp(d) : d;
  }

  /** To an integral value. */
  double integral(double x) {
    return switch (this) {
      case NEAREST -> Math.rint(x);
      case ZERO -> x < 0 ? Math.ceil(x) : Math.floor(x);
      case DOWN -> Math.floor(x);
      case UP -> Math.ceil(x);
    };
  }

  // ---- Arithmetic ----------------------------------------------------------------------------

  float add(float a, float b) {
    if (this == NEAREST) {
      return a + b;
    }
    double s = (double) a + b;
    return zeroSum(toFloat(s, lost(a, b, s)), a, b);
  }

  float multiply(float a, float b) {
    // 48 digits: the product is exact in double precision.
    return this == NEAREST ? a * b : toFloat((double) a * b, 0);
  }

  float fma(float a, float b, float c) {
    if (this == NEAREST) {
      return Math.fma(a, b, c);
    }
    double product = (double) a * b;
    double s = product + c;
    return zeroSum(toFloat(s, lost(product, c, s)), product, c);
  }

  /** What a sum in double precision has lost (Knuth's two-sum). */
  private static double lost(double a, double b, double s) {
    if (Double.isNaN(s) || Double.isInfinite(s)) {
      return 0;
    }
    double bPart = s - a;
    return a - (s - bPart) + (b - bPart);
  }

  /** An exact zero of terms that cancel is negative when rounding down. */
  private float zeroSum(float sum, double a, double b) {
    return sum == 0 && this == DOWN && a == -b && a != 0 ? -0.0f : sum;
  }

  float divide(float a, float b) {
    if (this == NEAREST) {
      return a / b;
    }
    double q = (double) a / b;
    return toFloat(q, Double.isFinite(q) ? Math.signum(Math.fma(-q, b, a)) * Math.signum(b) : 0);
  }

  float squareRoot(float a) {
    double root = Math.sqrt((double) a);
    return this == NEAREST ? (float) root : toFloat(root, Math.fma(-root, root, a));
  }

  double add(double a, double b) {
    return exact(a, b) ? toDouble(new BigDecimal(a).add(new BigDecimal(b)), a + b) : a + b;
  }

  double multiply(double a, double b) {
    return exact(a, b) ? toDouble(new BigDecimal(a).multiply(new BigDecimal(b)), a * b) : a * b;
  }

  double fma(double a, double b, double c) {
    return exact(a, b) && Double.isFinite(c)
        ? toDouble(
            new BigDecimal(a).multiply(new BigDecimal(b)).add(new BigDecimal(c)), Math.fma(a, b, c))
        : Math.fma(a, b, c);
  }

  double divide(double a, double b) {
    double q = a / b;
    if (this == NEAREST || !Double.isFinite(q) || q == 0 || !Double.isFinite(b)) {
      return q;
    }
    int side = new BigDecimal(q).multiply(new BigDecimal(b)).compareTo(new BigDecimal(a));
    return stepped(q, b > 0 ? side : -side);
  }

  double squareRoot(double a) {
    double root = Math.sqrt(a);
    if (this == NEAREST || !Double.isFinite(root) || root == 0) {
      return root;
    }
    return stepped(root, new BigDecimal(root).pow(2).compareTo(new BigDecimal(a)));
  }

  /** A rounded value moved to the side that the mode wants; side > 0: it lies above the exact. */
  private double stepped(double value, int side) {
    boolean down = this == DOWN || (this == ZERO && value > 0);
    if (side > 0 && down) {
      return Math.nextDown(value);
    }
    return side < 0 && !down ? Math.nextUp(value) : value;
  }

  private boolean exact(double a, double b) {
    return this != NEAREST && Double.isFinite(a) && Double.isFinite(b);
  }
}
