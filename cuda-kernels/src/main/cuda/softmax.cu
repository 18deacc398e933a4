// Softmax of each row of [rows, n], exp(x - max) / Σ exp(x - max), and its gradient y (g - Σ y g). A row of negative
// infinities only gives zeros.
//
// Plain: a thread a row, three passes; dense rows. General: a team a row, two passes (online.cuh); any strides, F32 and
// F64. By 16 bytes: for dense rows of up to 16,384 numbers: each thread keeps 16 of them in registers, and the row is read once.
#include "online.cuh"

extern "C" __global__ void softmax_plain(const float* x, float* out, int rows, int n) {
  const int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows) return;
  const float* from = x + (long long)row * n;
  float max = -INFINITY, sum = 0;
  for (int i = 0; i < n; i++) max = greatest(max, from[i]);
  const float shift = max == -INFINITY ? 0 : max;
  for (int i = 0; i < n; i++) sum += expf(from[i] - shift);
  for (int i = 0; i < n; i++) out[(long long)row * n + i] = max == -INFINITY ? 0 : expf(from[i] - shift) / sum;
}

// What to subtract from a row's numbers, and what to multiply the powers with. Where the maximum is infinite, the result
// is not a number.
template <class T>
__device__ inline void factors(const Online<T>& row, T& shift, T& scale) {
  shift = row.max == -INFINITY ? 0 : row.max;
  scale = row.max == -INFINITY ? 0 : row.max == INFINITY ? NAN : 1 / row.sum;
}

template <class T>
__device__ void softmax(const View<T>& x, T* out, int rows, int n) {
  __shared__ T partial[WARP][2];
  const int row = team_row();
  if (row >= rows) return;  // the whole team or none
  const Vector<T> from = x[row];
  out += (long long)row * n;
  T shift, scale;
  factors(online_row(from, n, partial), shift, scale);
  for (int i = threadIdx.x; i < n; i += blockDim.x) out[i] = exp(from[i] - shift) * scale;
}

extern "C" __global__ void softmax_f32(View<float> x, float* out, int rows, int n) {
  softmax(x, out, rows, n);
}

extern "C" __global__ void softmax_f64(View<double> x, double* out, int rows, int n) {
  softmax(x, out, rows, n);
}

extern "C" __global__ void softmax_by_16_bytes(const float* x, float* out, int rows, int n) {
  __shared__ float partial[WARP][2];
  const int row = team_row();
  if (row >= rows) return;
  Piece piece = load(x + (long long)row * n, n, -INFINITY);
  float shift, scale;
  factors(online_piece(piece, partial), shift, scale);
  each(piece, [=](float v) { return exp(v - shift) * scale; });
  store(piece, out + (long long)row * n, n);
}

template <class T>
__device__ void backward(const View<T>& y, const View<T>& g, T* out, int rows, int n) {
  __shared__ T partial[WARP];
  const int row = team_row();
  if (row >= rows) return;
  const Vector<T> p = y[row], gradient = g[row];
  out += (long long)row * n;
  T inner = 0;
  for (int i = threadIdx.x; i < n; i += blockDim.x) inner += p[i] * gradient[i];
  inner = team_sum(inner, partial);
  for (int i = threadIdx.x; i < n; i += blockDim.x)
    out[i] = p[i] * (gradient[i] - inner);
}

extern "C" __global__ void softmax_backward_f32(View<float> y, View<float> g, float* out, int rows,
                                                int n) {
  backward(y, g, out, rows, n);
}

extern "C" __global__ void softmax_backward_f64(View<double> y, View<double> g, double* out,
                                                int rows, int n) {
  backward(y, g, out, rows, n);
}

extern "C" __global__ void softmax_backward_by_16_bytes(const float* y, const float* g, float* out, int rows, int n) {
  __shared__ float partial[WARP];
  const int row = team_row();
  if (row >= rows) return;
  const long long at = (long long)row * n;
  Piece p = load(y + at, n, 0);
  const Piece gradient = load(g + at, n, 0);
  float inner = 0;
#pragma unroll
  for (int e = 0; e < EACH; e++) {
#pragma unroll
    for (int i = 0; i < 4; i++) inner += p.v[e][i] * gradient.v[e][i];
  }
  inner = team_sum(inner, partial);
#pragma unroll
  for (int e = 0; e < EACH; e++) {
#pragma unroll
    for (int i = 0; i < 4; i++) p.v[e][i] *= gradient.v[e][i] - inner;
  }
  store(p, out + at, n);
}
