// Cross-entropy of rows of logits with the class t that is right, over many classes, and its slopes in the logits' place: with m
// the greatest of the other logits, e_j = exp(x_j - m), e_t = -Σ_{j≠t} e_j, and 1 / Σ_j exp(x_j - m) for the scale that both are
// to be multiplied with. So the slope of the right class keeps its digits where that class is nearly certain.
//
// Plain: a thread a row, three passes. General: a team a row, online (online.cuh), two passes; F32 and F64. By 16 bytes: rows of a
// multiple of 4 numbers, up to 16,384, kept in registers: read once, written once.
#include "online.cuh"

template <class T>
__device__ inline T softplus(T x) {
  return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

// What a row's numbers come to, from those of the classes that are wrong.
template <class T>
__device__ inline void finish(const Online<T>& others, T right, T* loss, T* scale) {
  const bool alone = others.max == -INFINITY;
  *loss = softplus(alone ? others.max - right : (others.max - right) + log(others.sum));
  *scale = 1 / (others.sum + exp(right - others.max));
}

// The slope of a class that is wrong, up to the scale.
template <class T>
__device__ inline T power(T x, T max) {
  return max == -INFINITY ? T(0) : exp(x - max);
}

extern "C" __global__ void cross_entropy_plain(float* x, const int* targets, float* losses, float* scales, int rows, int n) {
  const int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows) return;
  float* at = x + (long long)row * n;
  const int target = targets[row];
  const float right = at[target];
  Online<float> others;
#pragma unroll 1
  for (int j = 0; j < n; j++) others.max = j == target ? others.max : greatest(others.max, at[j]);
#pragma unroll 1
  for (int j = 0; j < n; j++) others.sum += j == target ? 0 : power(at[j], others.max);
#pragma unroll 1
  for (int j = 0; j < n; j++) at[j] = j == target ? -others.sum : power(at[j], others.max);
  finish(others, right, losses + row, scales + row);
}

template <class T>
__device__ void cross_entropy(T* x, const int* targets, T* losses, T* scales, int rows, int n) {
  __shared__ T partial[WARP][2];
  const int row = team_row();
  if (row >= rows) return;  // the whole team or none
  T* at = x + (long long)row * n;
  const int target = targets[row];
  const T right = at[target];
  Online<T> part;
#pragma unroll 1
  for (int j = threadIdx.x; j < n; j += blockDim.x) {
    if (j != target) part.add(at[j]);
  }
  // From here on everybody has read the right class's logit, and may write.
  const Online<T> others = team_join(part, partial);
#pragma unroll 1
  for (int j = threadIdx.x; j < n; j += blockDim.x) at[j] = j == target ? -others.sum : power(at[j], others.max);
  if (threadIdx.x == 0) finish(others, right, losses + row, scales + row);
}

extern "C" __global__ void cross_entropy_f32(float* x, const int* targets, float* losses, float* scales, int rows, int n) {
  cross_entropy(x, targets, losses, scales, rows, n);
}

extern "C" __global__ void cross_entropy_f64(double* x, const int* targets, double* losses, double* scales, int rows, int n) {
  cross_entropy(x, targets, losses, scales, rows, n);
}

extern "C" __global__ void cross_entropy_by_16_bytes(float* x, const int* targets, float* losses, float* scales, int rows,
                                                     int n) {
  __shared__ float partial[WARP][2];
  const int row = team_row();
  if (row >= rows) return;
  float* at = x + (long long)row * n;
  const int target = targets[row];
  const float right = at[target];
  Piece piece = load(at, n, -INFINITY);
#pragma unroll
  for (int e = 0; e < EACH; e++) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if (4 * (e * blockDim.x + threadIdx.x) + i == target) piece.v[e][i] = -INFINITY;
    }
  }
  const Online<float> others = online_piece(piece, partial);
  const float max = others.max;
  each(piece, [=](float v) { return power(v, max); });
#pragma unroll
  for (int e = 0; e < EACH; e++) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if (4 * (e * blockDim.x + threadIdx.x) + i == target) piece.v[e][i] = -others.sum;
    }
  }
  store(piece, at, n);
  if (threadIdx.x == 0) finish(others, right, losses + row, scales + row);
}
