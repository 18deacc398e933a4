// Functions of one element: out[i] = f(x[i]).
//
// Plain: any strides, any operator, 4 or 8 bytes a thread. These kernels do nothing but wait for memory, so the fast
// ones, one for each operator and for F32 that lies row-major, move 16 bytes with each load and store: a quarter of the
// instructions for the same bytes. What is left over at the end (n % 4) is done one by one.
#include "functions.cuh"
#include "layout.cuh"

template <class T>
__device__ inline T apply(int op, T x) {
#define RESULT(OP) return function<OP>(x)
  FOR_OPERATOR(op, RESULT)
#undef RESULT
  return x;
}

extern "C" __global__ void unary_f32(int op, const float* x, float* out, Layout<1> layout, unsigned n) {
  FOR_EACH(i, n) out[i] = apply(op, x[located(layout, i)]);
}

extern "C" __global__ void unary_f64(int op, const double* x, double* out, Layout<1> layout, unsigned n) {
  FOR_EACH(i, n) out[i] = apply(op, x[located(layout, i)]);
}

template <int OP>
__device__ inline void by_16_bytes(const float* x, float* out, unsigned n) {
  FOR_EACH(i, n / 4) {
    const float4 v = reinterpret_cast<const float4*>(x)[i];
    reinterpret_cast<float4*>(out)[i] =
        make_float4(function<OP>(v.x), function<OP>(v.y), function<OP>(v.z), function<OP>(v.w));
  }
  const unsigned rest = n / 4 * 4 + blockIdx.x * blockDim.x + threadIdx.x;
  if (rest < n) out[rest] = function<OP>(x[rest]);
}

#define DENSE(name, OP) \
  extern "C" __global__ void name##_dense(const float* x, float* out, unsigned n) { by_16_bytes<OP>(x, out, n); }

DENSE(negate, NEGATE)
DENSE(abs, ABS)
DENSE(square, SQUARE)
DENSE(sqrt, SQRT)
DENSE(reciprocal, RECIPROCAL)
DENSE(exp, EXP)
DENSE(log, LOG)
DENSE(tanh, TANH)
DENSE(sigmoid, SIGMOID)
DENSE(erf, ERF)
DENSE(relu, RELU)
DENSE(gelu, GELU)
DENSE(gelu_tanh, GELU_TANH)
DENSE(quick_gelu, QUICK_GELU)
