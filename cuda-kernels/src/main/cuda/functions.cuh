// Functions of one element and their derivatives, in F32 and F64; what dev.weft.tensor.UnaryOp says of each.
#pragma once

// The order of dev.weft.tensor.UnaryOp.
enum UnaryOp { NEGATE, ABS, SQUARE, SQRT, RECIPROCAL, EXP, LOG, TANH, SIGMOID, ERF, RELU, GELU, GELU_TANH, QUICK_GELU };

template <class T>
__device__ inline T sigmoid(T x) {
  return 1 / (1 + exp(-x));
}

// Φ(x), by erfc where 1 + erf would cancel.
template <class T>
__device__ inline T normal_cdf(T x) {
  return T(0.5) * erfc(x * T(-0.70710678118654752440));
}

template <class T>
__device__ inline T gelu_tanh_argument(T x) {
  return T(0.79788456080286535588) * (x + T(0.044715) * x * x * x);
}

template <int OP, class T>
__device__ inline T function(T x) {
  switch (OP) {
    case NEGATE: return -x;
    case ABS: return fabs(x);
    case SQUARE: return x * x;
    case SQRT: return sqrt(x);
    case RECIPROCAL: return 1 / x;
    case EXP: return exp(x);
    case LOG: return log(x);
    case TANH: return tanh(x);
    case SIGMOID: return sigmoid(x);
    case ERF: return erf(x);
    case RELU: return x <= 0 ? 0 : x;
    case GELU: return x * normal_cdf(x);
    case GELU_TANH: return T(0.5) * x * (1 + tanh(gelu_tanh_argument(x)));
    case QUICK_GELU: return x / (1 + exp(T(-1.702) * x));
  }
  return x;
}

template <int OP, class T>
__device__ inline T derivative(T x) {
  switch (OP) {
    case NEGATE: return -1;
    case ABS: return x > 0 ? T(1) : x < 0 ? T(-1) : x;  // 0 at 0; NaN stays
    case SQUARE: return 2 * x;
    case SQRT: return T(0.5) / sqrt(x);
    case RECIPROCAL: return -1 / (x * x);
    case EXP: return exp(x);
    case LOG: return 1 / x;
    case TANH: {
      const T y = tanh(x);
      return 1 - y * y;
    }
    case SIGMOID: return sigmoid(x) * sigmoid(-x);
    case ERF: return T(1.12837916709551257390) * exp(-x * x);
    case RELU: return x > 0 ? T(1) : x <= 0 ? T(0) : x;
    case GELU: return normal_cdf(x) + x * (T(0.39894228040143267794) * exp(T(-0.5) * x * x));
    case GELU_TANH: {
      const T t = tanh(gelu_tanh_argument(x)), flatness = 1 - t * t;
      const T slope = T(0.79788456080286535588) * (1 + T(0.134145) * x * x);
      // Far out the slope overflows where the flatness has long become 0.
      return T(0.5) * (1 + t) + (flatness == 0 ? 0 : T(0.5) * x * flatness * slope);
    }
    case QUICK_GELU: {
      const T s = sigmoid(T(1.702) * x);
      return s + s * sigmoid(T(-1.702) * x) * x * T(1.702);
    }
  }
  return x;
}

// Calls body<OP>() for the operator whose number is known when the kernel runs only: one branch that all threads take
// together.
#define FOR_OPERATOR(op, body)               \
  switch (op) {                              \
    case NEGATE: body(NEGATE); break;        \
    case ABS: body(ABS); break;              \
    case SQUARE: body(SQUARE); break;        \
    case SQRT: body(SQRT); break;            \
    case RECIPROCAL: body(RECIPROCAL); break; \
    case EXP: body(EXP); break;              \
    case LOG: body(LOG); break;              \
    case TANH: body(TANH); break;            \
    case SIGMOID: body(SIGMOID); break;      \
    case ERF: body(ERF); break;              \
    case RELU: body(RELU); break;            \
    case GELU: body(GELU); break;            \
    case GELU_TANH: body(GELU_TANH); break;  \
    case QUICK_GELU: body(QUICK_GELU); break; \
  }
