// The sum of each row of [rows, n].
//
// Plain: a thread a row. Neighbouring threads read addresses n apart, so that a warp's load touches 32 sectors where 4
// would do. Fast: a block a row; neighbours read neighbours, and the partial sums meet by shuffles.
#include "warp.cuh"

extern "C" __global__ void row_sum_plain(const float* x, float* out, int rows, int n) {
  const int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows) return;
  float sum = 0;
  for (int i = 0; i < n; i++) sum += x[row * n + i];
  out[row] = sum;
}

extern "C" __global__ void row_sum(const float* x, float* out, int rows, int n) {
  __shared__ float partial[WARP];
  const int row = blockIdx.x;
  float sum = 0;
  for (int i = threadIdx.x; i < n; i += blockDim.x) sum += x[row * n + i];
  sum = block_sum(sum, partial);
  if (threadIdx.x == 0) out[row] = sum;
}
