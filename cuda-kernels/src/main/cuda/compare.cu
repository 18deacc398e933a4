// Comparisons: out[i] = a[i] op b[i], BOOL; operands of any type, by way of doubles, may be stretched.
//
// Plain: any strides and types. Fast: F32 that lies row-major, two loads of 16 bytes and one store of 4 for four
// elements.
#include "layout.cuh"
#include "values.cuh"

// Numbered as dev.weft.cuda.Codes does.
enum CompareOp { EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL };

template <class T>
__device__ inline bool holds(int op, T a, T b) {
  switch (op) {
    case EQUAL: return a == b;
    case NOT_EQUAL: return a != b;
    case LESS: return a < b;
    case LESS_OR_EQUAL: return a <= b;
    case GREATER: return a > b;
    default: return a >= b;
  }
}

extern "C" __global__ void compare_any(int op, int type, const void* a, const void* b, unsigned char* out,
                                       Layout<2> layout, unsigned n) {
  FOR_EACH(i, n) {
    int at[2];
    locate(layout, i, at);
    out[i] = holds(op, load(type, a, at[0]), load(type, b, at[1]));
  }
}

extern "C" __global__ void compare_dense(int op, const float* a, const float* b, unsigned char* out, unsigned n) {
  FOR_EACH(i, n / 4) {
    const float4 u = reinterpret_cast<const float4*>(a)[i], v = reinterpret_cast<const float4*>(b)[i];
    reinterpret_cast<uchar4*>(out)[i] =
        make_uchar4(holds(op, u.x, v.x), holds(op, u.y, v.y), holds(op, u.z, v.z), holds(op, u.w, v.w));
  }
  const unsigned rest = n / 4 * 4 + blockIdx.x * blockDim.x + threadIdx.x;
  if (rest < n) out[rest] = holds(op, a[rest], b[rest]);
}
