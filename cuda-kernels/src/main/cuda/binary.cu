// Functions of two elements with broadcasting: out[i] = f(a[i], b[i]).
//
// An operand that is stretched along an axis has stride 0 there. The plain kernel works out every element's place from
// its index, axis by axis; the fast one is for operands that lie row-major, 16 bytes at a time.

constexpr int RANK = 6;

// Extents of the result and strides of both operands, in elements; unused axes come first, with extent 1.
struct Broadcast {
  int dims[RANK];
  int a[RANK];
  int b[RANK];
};

struct Add { __device__ float operator()(float a, float b) const { return a + b; } };
struct Subtract { __device__ float operator()(float a, float b) const { return a - b; } };
struct Multiply { __device__ float operator()(float a, float b) const { return a * b; } };
struct Divide { __device__ float operator()(float a, float b) const { return a / b; } };

template <class F>
__device__ void strided(const float* a, const float* b, float* out, Broadcast view, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int rest = i, at_a = 0, at_b = 0;
#pragma unroll
  for (int axis = RANK - 1; axis >= 0; axis--) {
    const int index = rest % view.dims[axis];
    rest /= view.dims[axis];
    at_a += index * view.a[axis];
    at_b += index * view.b[axis];
  }
  out[i] = F()(a[at_a], b[at_b]);
}

template <class F>
__device__ void dense(const float* a, const float* b, float* out, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n / 4) {
    const float4 u = reinterpret_cast<const float4*>(a)[i], v = reinterpret_cast<const float4*>(b)[i];
    reinterpret_cast<float4*>(out)[i] = make_float4(F()(u.x, v.x), F()(u.y, v.y), F()(u.z, v.z), F()(u.w, v.w));
  } else if (i < n / 4 + n % 4) {
    const int k = n / 4 * 4 + i - n / 4;
    out[k] = F()(a[k], b[k]);
  }
}

#define BINARY(name, F)                                                                                              \
  extern "C" __global__ void name##_strided(const float* a, const float* b, float* out, Broadcast view, int n) {     \
    strided<F>(a, b, out, view, n);                                                                                  \
  }                                                                                                                  \
  extern "C" __global__ void name(const float* a, const float* b, float* out, int n) { dense<F>(a, b, out, n); }

BINARY(add, Add)
BINARY(subtract, Subtract)
BINARY(multiply, Multiply)
BINARY(divide, Divide)
