// Softmax of each row of [rows, n]: exp(x - max) / Σ exp(x - max). A row of negative infinities only gives zeros.
//
// Plain: a thread a row, three passes. Fast: a warp a row, two passes. In the first, each lane keeps the greatest number
// so far and the sum of powers relative to it, and rescales the sum when a greater one comes (online softmax: Milakov
// and Gimelshein, arXiv 1805.02867); lanes are joined by shuffles in the same way.
#include "warp.cuh"

extern "C" __global__ void softmax_plain(const float* x, float* out, int rows, int n) {
  const int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows) return;
  const float* from = x + row * n;
  float max = -INFINITY, sum = 0;
  for (int i = 0; i < n; i++) max = max_nan(max, from[i]);
  const float shift = max == -INFINITY ? 0 : max;
  for (int i = 0; i < n; i++) sum += expf(from[i] - shift);
  for (int i = 0; i < n; i++) out[row * n + i] = max == -INFINITY ? 0 : expf(from[i] - shift) / sum;
}

// The greatest number and the sum of powers of two parts together.
__device__ inline void join(float& max, float& sum, float other_max, float other_sum) {
  const float greatest = max_nan(max, other_max);
  const float shift = greatest == -INFINITY ? 0 : greatest;
  sum = sum * expf(max - shift) + other_sum * expf(other_max - shift);
  max = greatest;
}

extern "C" __global__ void softmax(const float* x, float* out, int rows, int n) {
  const int row = blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP, lane = threadIdx.x % WARP;
  if (row >= rows) return;  // a whole warp or none
  const float* from = x + row * n;
  float max = -INFINITY, sum = 0;
  for (int i = lane; i < n; i += WARP) join(max, sum, from[i], 1);
  for (int offset = WARP / 2; offset > 0; offset /= 2) {
    const float other_max = __shfl_xor_sync(ALL, max, offset), other_sum = __shfl_xor_sync(ALL, sum, offset);
    join(max, sum, other_max, other_sum);
  }
  const float shift = max == -INFINITY ? 0 : max, scale = max == -INFINITY ? 0 : 1 / sum;
  for (int i = lane; i < n; i += WARP) out[row * n + i] = expf(from[i] - shift) * scale;
}
