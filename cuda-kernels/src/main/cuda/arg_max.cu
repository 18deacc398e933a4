// The index of the greatest element of each row, the first of equals; NaN is above everything.
//
// Plain: a thread a row. Fast: a warp a row; lanes look at every 32nd element each, and meet by shuffles.
#include "layout.cuh"

constexpr int WARP = 32;
constexpr int WARPS = 8;

// Whether element i of value a comes before element j of value b.
template <class T>
__device__ inline bool before(T a, int i, T b, int j) {
  if (a != a || b != b) return a != a && (b == b || i < j);
  return a > b || (a == b && i < j);
}

template <class T>
__device__ inline void plain(const T* x, int* out, const Layout<1>& rows, int stride, unsigned count, int n) {
  FOR_EACH(row, count) {
    const T* from = x + located(rows, row);
    int best = 0;
    for (int i = 1; i < n; i++) {
      if (before(from[(long long)i * stride], i, from[(long long)best * stride], best)) best = i;
    }
    out[row] = best;
  }
}

template <class T>
__device__ inline void by_warps(const T* x, int* out, const Layout<1>& rows, int stride, unsigned count, int n) {
  const unsigned row = blockIdx.x * WARPS + threadIdx.y;
  if (row >= count) return;  // a whole warp or none
  const T* from = x + located(rows, row);
  int best = min((int)threadIdx.x, n - 1);
  T value = from[(long long)best * stride];
  for (int i = threadIdx.x + WARP; i < n; i += WARP) {
    const T other = from[(long long)i * stride];
    if (before(other, i, value, best)) {
      value = other;
      best = i;
    }
  }
#pragma unroll
  for (int offset = WARP / 2; offset > 0; offset /= 2) {
    const T other = __shfl_xor_sync(0xffffffffu, value, offset);
    const int i = __shfl_xor_sync(0xffffffffu, best, offset);
    if (before(other, i, value, best)) {
      value = other;
      best = i;
    }
  }
  if (threadIdx.x == 0) out[row] = best;
}

#define ARG_MAX(T, suffix)                                                                                            \
  extern "C" __global__ void arg_max_##suffix##_plain(const T* x, int* out, Layout<1> rows, int stride, unsigned count, \
                                                      int n) {                                                        \
    plain(x, out, rows, stride, count, n);                                                                            \
  }                                                                                                                   \
  extern "C" __global__ void arg_max_##suffix(const T* x, int* out, Layout<1> rows, int stride, unsigned count,       \
                                              int n) {                                                                \
    by_warps(x, out, rows, stride, count, n);                                                                         \
  }

ARG_MAX(float, f32)
ARG_MAX(double, f64)
