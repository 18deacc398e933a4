// Functions of two elements with broadcasting: out[i] = f(a[i], b[i]). An operand that is stretched along an axis has
// stride 0 there.
//
// Plain: any strides, any operator, and any type by way of doubles. Fast: a kernel for each operator where both operands
// lie row-major, 16 bytes at a time.
#include "layout.cuh"
#include "values.cuh"

// Numbered as dev.weft.cuda.Codes does.
enum BinaryOp { ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM, POWER };

template <int OP, class T>
__device__ inline T function(T a, T b) {
  switch (OP) {
    case ADD: return a + b;
    case SUBTRACT: return a - b;
    case MULTIPLY: return a * b;
    case DIVIDE: return a / b;
    case MAXIMUM: return a > b || a != a ? a : b;  // NaN wins
    case MINIMUM: return a < b || a != a ? a : b;
    case POWER: return pow(a, b);
  }
  return a;
}

template <class T>
__device__ inline T apply(int op, T a, T b) {
  switch (op) {
    case ADD: return function<ADD>(a, b);
    case SUBTRACT: return function<SUBTRACT>(a, b);
    case MULTIPLY: return function<MULTIPLY>(a, b);
    case DIVIDE: return function<DIVIDE>(a, b);
    case MAXIMUM: return function<MAXIMUM>(a, b);
    case MINIMUM: return function<MINIMUM>(a, b);
    default: return function<POWER>(a, b);
  }
}

extern "C" __global__ void binary_f32(int op, const float* a, const float* b, float* out, Layout<2> layout,
                                      unsigned n) {
  FOR_EACH(i, n) {
    int at[2];
    locate(layout, i, at);
    out[i] = apply(op, a[at[0]], b[at[1]]);
  }
}

extern "C" __global__ void binary_any(int op, int type, const void* a, const void* b, void* out, Layout<2> layout,
                                      unsigned n) {
  FOR_EACH(i, n) {
    int at[2];
    locate(layout, i, at);
    store(type, out, i, apply(op, load(type, a, at[0]), load(type, b, at[1])));
  }
}

template <int OP>
__device__ inline void by_16_bytes(const float* a, const float* b, float* out, unsigned n) {
  FOR_EACH(i, n / 4) {
    const float4 u = reinterpret_cast<const float4*>(a)[i], v = reinterpret_cast<const float4*>(b)[i];
    reinterpret_cast<float4*>(out)[i] = make_float4(function<OP>(u.x, v.x), function<OP>(u.y, v.y),
                                                    function<OP>(u.z, v.z), function<OP>(u.w, v.w));
  }
  const unsigned rest = n / 4 * 4 + blockIdx.x * blockDim.x + threadIdx.x;
  if (rest < n) out[rest] = function<OP>(a[rest], b[rest]);
}

#define DENSE(name, OP)                                                                                     \
  extern "C" __global__ void name##_dense(const float* a, const float* b, float* out, unsigned n) {         \
    by_16_bytes<OP>(a, b, out, n);                                                                          \
  }

DENSE(add, ADD)
DENSE(subtract, SUBTRACT)
DENSE(multiply, MULTIPLY)
DENSE(divide, DIVIDE)
DENSE(maximum, MAXIMUM)
DENSE(minimum, MINIMUM)
DENSE(power, POWER)
