// Layer normalisation of each row of [rows, n], (x - mean) rstd gamma + beta with rstd = 1/√(var + epsilon); Ba et al.,
// arXiv 1607.06450. The fast version adds a residual first, sum = x + residual, if there is one.
//
// Both take the variance from the deviations, in a second pass: E[x²] - E[x]² cancels where the mean is large.
#include "warp.cuh"

extern "C" __global__ void layer_norm_plain(const float* x, const float* gamma, const float* beta, float epsilon,
                                            float* out, float* mean, float* rstd, int rows, int n) {
  const int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows) return;
  float sum = 0, squares = 0;
  for (int i = 0; i < n; i++) sum += x[row * n + i];
  const float mu = sum / n;
  for (int i = 0; i < n; i++) squares += (x[row * n + i] - mu) * (x[row * n + i] - mu);
  const float r = 1 / sqrtf(squares / n + epsilon);
  for (int i = 0; i < n; i++) out[row * n + i] = (x[row * n + i] - mu) * r * gamma[i] + beta[i];
  mean[row] = mu;
  rstd[row] = r;
}

// A block a row. residual may be null; sum receives x + residual, and may be out itself.
extern "C" __global__ void layer_norm(const float* x, const float* residual, const float* gamma, const float* beta,
                                      float epsilon, float* sum, float* out, float* mean, float* rstd, int n) {
  __shared__ float partial[WARP];
  const int row = blockIdx.x;
  const long long at = (long long)row * n;
  float total = 0, squares = 0;
  for (int i = threadIdx.x; i < n; i += blockDim.x) {
    float v = x[at + i];
    if (residual != nullptr) {
      v += residual[at + i];
      sum[at + i] = v;
    }
    total += v;
  }
  const float* summed = residual != nullptr ? sum : x;
  const float mu = block_sum(total, partial) / n;
  for (int i = threadIdx.x; i < n; i += blockDim.x) squares += (summed[at + i] - mu) * (summed[at + i] - mu);
  const float r = 1 / sqrtf(block_sum(squares, partial) / n + epsilon);
  for (int i = threadIdx.x; i < n; i += blockDim.x) out[at + i] = (summed[at + i] - mu) * r * gamma[i] + beta[i];
  if (threadIdx.x == 0) {
    mean[row] = mu;
    rstd[row] = r;
  }
}
