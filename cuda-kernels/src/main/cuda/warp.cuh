// What several kernels share: folding a number over a warp with shuffles, and over a block through shared memory.
#pragma once

constexpr unsigned ALL = 0xffffffffu;
constexpr int WARP = 32;

__device__ inline float warp_sum(float x) {
  for (int offset = WARP / 2; offset > 0; offset /= 2) x += __shfl_xor_sync(ALL, x, offset);
  return x;
}

// NaN wins: fmaxf would prefer the number.
__device__ inline float max_nan(float a, float b) { return a > b || a != a ? a : b; }

__device__ inline float warp_max(float x) {
  for (int offset = WARP / 2; offset > 0; offset /= 2) x = max_nan(x, __shfl_xor_sync(ALL, x, offset));
  return x;
}

// The sum over a block of whole warps, in every thread. "partial" holds one number a warp; the first barrier lets it be
// used twice in a row.
__device__ inline float block_sum(float x, float* partial) {
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, warps = blockDim.x / WARP;
  x = warp_sum(x);
  __syncthreads();
  if (lane == 0) partial[warp] = x;
  __syncthreads();
  float sum = 0;
  for (int i = 0; i < warps; i++) sum += partial[i];
  return sum;
}
