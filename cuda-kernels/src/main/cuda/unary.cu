// Functions of one element: out[i] = f(x[i]).
//
// The plain kernel moves 4 bytes a thread. These kernels do nothing but wait for memory, so the fast one moves 16 bytes
// with each load and store: a quarter of the instructions for the same bytes. What is left over at the end (n % 4) is
// done one by one.

struct Relu { __device__ float operator()(float x) const { return x <= 0 ? 0 : x; } };
struct Exp { __device__ float operator()(float x) const { return expf(x); } };
struct Tanh { __device__ float operator()(float x) const { return tanhf(x); } };
struct Sigmoid { __device__ float operator()(float x) const { return 1 / (1 + expf(-x)); } };

// x Φ(x); Hendrycks and Gimpel, arXiv 1606.08415.
struct Gelu { __device__ float operator()(float x) const { return x * 0.5f * erfcf(-x * 0.70710678118654752f); } };

// x σ(1.702 x), as CLIP uses it.
struct QuickGelu { __device__ float operator()(float x) const { return x / (1 + expf(-1.702f * x)); } };

template <class F>
__device__ void plain(const float* x, float* out, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) out[i] = F()(x[i]);
}

template <class F>
__device__ void by_16_bytes(const float* x, float* out, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n / 4) {
    const float4 v = reinterpret_cast<const float4*>(x)[i];
    reinterpret_cast<float4*>(out)[i] = make_float4(F()(v.x), F()(v.y), F()(v.z), F()(v.w));
  } else if (i < n / 4 + n % 4) {
    const int k = n / 4 * 4 + i - n / 4;
    out[k] = F()(x[k]);
  }
}

#define UNARY(name, F)                                                                                 \
  extern "C" __global__ void name##_plain(const float* x, float* out, int n) { plain<F>(x, out, n); } \
  extern "C" __global__ void name(const float* x, float* out, int n) { by_16_bytes<F>(x, out, n); }

UNARY(relu, Relu)
UNARY(exp_f32, Exp)
UNARY(tanh_f32, Tanh)
UNARY(sigmoid, Sigmoid)
UNARY(gelu, Gelu)
UNARY(quick_gelu, QuickGelu)
