// The gradient through a function of one element: out[i] = g[i] f'(x[i]). Plain and fast as in unary.cu.
#include "functions.cuh"
#include "layout.cuh"

template <class T>
__device__ inline T slope(int op, T x) {
#define RESULT(OP) return derivative<OP>(x)
  FOR_OPERATOR(op, RESULT)
#undef RESULT
  return x;
}

template <class T>
__device__ inline void strided(int op, const T* x, const T* g, T* out, const Layout<2>& layout, unsigned n) {
  FOR_EACH(i, n) {
    int at[2];
    locate(layout, i, at);
    out[i] = g[at[1]] * slope(op, x[at[0]]);
  }
}

extern "C" __global__ void unary_backward_f32(int op, const float* x, const float* g, float* out, Layout<2> layout,
                                              unsigned n) {
  strided(op, x, g, out, layout, n);
}

extern "C" __global__ void unary_backward_f64(int op, const double* x, const double* g, double* out, Layout<2> layout,
                                              unsigned n) {
  strided(op, x, g, out, layout, n);
}

template <int OP>
__device__ inline void by_16_bytes(const float* x, const float* g, float* out, unsigned n) {
  FOR_EACH(i, n / 4) {
    const float4 v = reinterpret_cast<const float4*>(x)[i], w = reinterpret_cast<const float4*>(g)[i];
    reinterpret_cast<float4*>(out)[i] = make_float4(w.x * derivative<OP>(v.x), w.y * derivative<OP>(v.y),
                                                    w.z * derivative<OP>(v.z), w.w * derivative<OP>(v.w));
  }
  const unsigned rest = n / 4 * 4 + blockIdx.x * blockDim.x + threadIdx.x;
  if (rest < n) out[rest] = g[rest] * derivative<OP>(x[rest]);
}

#define DENSE(name, OP)                                                                                            \
  extern "C" __global__ void name##_backward_dense(const float* x, const float* g, float* out, unsigned n) {       \
    by_16_bytes<OP>(x, g, out, n);                                                                                 \
  }

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
